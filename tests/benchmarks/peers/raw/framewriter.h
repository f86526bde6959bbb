// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <memory>

namespace Bench {

/// One way to write frames to a blocking socket.
class FrameWriter
{
public:
    virtual ~FrameWriter() = default;

    virtual void write(quint16 channel, QByteArrayView payload) = 0;
    /// Writes what was gathered.
    virtual void flush() {}

    /// The way that \a variant names; see the list in raw.cpp.
    static std::unique_ptr<FrameWriter> make(const QString &variant, int descriptor);
};

} // namespace Bench
