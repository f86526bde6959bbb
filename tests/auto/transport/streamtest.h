// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "testbed.h"

#include "frame/bytestream_p.h"
#include "rawsocket.h"

#include <functional>
#include <memory>

/// What a stream has told, and what is to be done then.
class StreamDiary final : public IpcPrims::ByteStream::Listener
{
public:
    void streamReadable() override
    {
        ++readable;
        if (onReadable)
            onReadable();
    }
    void streamWritable() override
    {
        ++writable;
        if (onWritable)
            onWritable();
    }
    void streamEnded() override { ++ended; }

    int readable = 0;
    int writable = 0;
    int ended = 0;
    std::function<void()> onReadable;
    std::function<void()> onWritable;
};

/// One of the two byte streams of this layer, which have to behave alike, and the other end of it;
/// new for each test, in whose data the transport is.
class StreamTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

protected:
    /// Reads until the end of the stream.
    QByteArray readAll();
    IpcPrims::ByteStream::Status write(const QByteArray &bytes);

    StreamDiary m_diary;
    std::unique_ptr<IpcPrims::ByteStream> m_stream;
    RawSocket m_other;
    int m_otherDescriptor = -1; // For what RawSocket can't do.
    int m_descriptor = -1; // The stream's.
};
