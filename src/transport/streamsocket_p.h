// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"

#include <IpcPrims/error.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <span>
#include <utility>

namespace IpcPrims {

/// What came of moving bytes: how many were moved, or an errno value.
struct IoResult
{
    qsizetype bytes = 0;
    int reason = 0;

    bool wouldBlock() const;
    /// Whether the other side closed the connection. If while reading, all it sent has been read: a
    /// reset, by a side that did not read everything of ours, comes after its data.
    bool isPeerGone() const;
    /// \a call is what failed: "reading from" or "writing to".
    Error error(QLatin1String call) const;
};

/// A connected socket. Its calls never wait, and are never given up for a signal.
class StreamSocket
{
public:
    explicit StreamSocket(FileDescriptor descriptor);

    bool isValid() const { return m_descriptor.isValid(); }
    int descriptor() const { return m_descriptor.get(); }
    void close() { m_descriptor.reset(); }

    /// Reads what is there, first into \a target until that is full, then into \a overflow. Neither
    /// bytes nor a reason means the end of the stream.
    IoResult receive(std::span<char> target, std::span<char> overflow);

    /// Writes as much of \a buffers as there is room for.
    IoResult send(std::span<const QByteArrayView> buffers);
    /// As above for a small one.
    IoResult send(QByteArrayView bytes);

private:
    void raiseSendBuffer();

    FileDescriptor m_descriptor;
    bool m_isSendBufferRaised = false;
};

} // namespace IpcPrims
