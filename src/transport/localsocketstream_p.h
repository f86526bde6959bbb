// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/devicestream_p.h"
#ifdef Q_OS_UNIX
#    include "transport/filedescriptor_p.h"
#endif

#include <QtCore/qbytearray.h>
#include <QtCore/qscopedpointer.h>
#include <QtNetwork/qlocalsocket.h>

#include <memory>
#include <optional>

namespace IpcPrims {

/*!
    A byte stream over a connected QLocalSocket.

    That one throws away what it holds once the other side has closed, even if only the direction
    towards us: what that side had said, if a write fails, and what is still to be written to it. So
    the stream saves the one and counts the other at that moment and, on Unix, goes on with a second
    descriptor of the same connection.
*/
class IPCPRIMS_AUTOTEST_EXPORT LocalSocketStream final : public DeviceStream,
                                                         private ByteStream::Listener
{
    Q_OBJECT

public:
    explicit LocalSocketStream(std::unique_ptr<QLocalSocket> socket);
    ~LocalSocketStream() override;

    Result read(std::span<char> target, std::span<char> overflow) override;
    Result write(std::span<const QByteArrayView> buffers) override;
    void setReadEnabled(bool enabled) override;
    bool atEnd() const override;
    void requestWritable() override;
    void close() override;

protected:
    void flushDevice() override;

private:
    // Of what the stream goes on with.
    void streamReadable() override { tellReadable(); }
    void streamWritable() override { tellWritable(); }
    void streamEnded() override {} // That was told when the socket broke.

    void saveRest(QLocalSocket::LocalSocketError reason);
    qsizetype readRest(std::span<char> place);
    Result failWriting(const Error &error);

    // Deleted later because the stream may be deleted from a slot that the socket has called.
    std::unique_ptr<QLocalSocket, QScopedPointerDeleteLater> m_socket;
    bool m_hasFailed = false; // For another reason than that the other side is gone.
    QByteArray m_rest; // What the socket had read and nobody had asked for when it broke.
    std::unique_ptr<ByteStream> m_successor; // Once it is broken, if there can be one.
#ifdef Q_OS_UNIX
    FileDescriptor m_second;
    std::optional<ForkGuard> m_guard; // Of the socket's own descriptor.
#endif
};

} // namespace IpcPrims
