// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/bytestream_p.h"
#include "transport/streamsocket_p.h"

#include <QtCore/qbasictimer.h>
#include <QtCore/qsocketnotifier.h>

#include <memory>

namespace IpcPrims {

/*!
    A byte stream over a connected socket, with one system call and no copy or allocation for a read
    or write.
*/
class IPCPRIMS_AUTOTEST_EXPORT NativeStream : public ByteStream
{
public:
    explicit NativeStream(FileDescriptor descriptor);
    ~NativeStream() override;

    Result read(std::span<char> target, std::span<char> overflow) override;
    Result write(std::span<const QByteArrayView> buffers) override;
    void setReadEnabled(bool enabled) override;
    bool atEnd() const override;
    qint64 bytesToWrite() const override { return 0; }
    void requestWritable() override;
    void close() override;
    Error error() const override { return m_error; }

private:
    /// Calls the stream by itself: the signal of the notifier would cost more than what follows.
    /// The timer is its, too, so that the stream need not be an object of its own.
    class Notifier final : public QSocketNotifier
    {
    public:
        Notifier(Type type, NativeStream *stream)
            : QSocketNotifier(type)
            , m_stream(stream)
        {}

    protected:
        bool event(QEvent *event) override;

    private:
        NativeStream *const m_stream;
    };

    Result failed(QLatin1String call, const IoResult &result);
    void onNotified(QSocketNotifier::Type type);
    void onHangupTimer();
    bool hasHungUp() const;

    StreamSocket m_socket;
    Notifier m_readNotifier;
    std::unique_ptr<Notifier> m_writeNotifier; // Most streams are never full.
    QBasicTimer m_hangupTimer; // Runs while reading is off.
    Error m_error;
    bool m_hasEnded = false; // The end of the stream was read.
};

} // namespace IpcPrims
