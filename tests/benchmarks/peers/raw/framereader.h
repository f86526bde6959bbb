// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <memory>
#include <optional>

namespace Bench {

/// Cuts what arrives on a socket into frames.
class FrameReader
{
    Q_DISABLE_COPY_MOVE(FrameReader)

public:
    struct Frame
    {
        quint16 channel = 0;
        QByteArrayView payload; ///< Valid until the reader is used again.
    };

    /// As the variant reads; see the list in raw.cpp.
    static std::unique_ptr<FrameReader> make(const QString &variant, int descriptor);

    FrameReader() = default;
    virtual ~FrameReader() = default;

    /// The next frame of what has arrived, or nothing if more has to be received.
    virtual std::optional<Frame> next() = 0;
    /// Waits until something arrives; false at the end.
    virtual bool receive() = 0;
};

} // namespace Bench
