// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>

namespace IpcPrims {

/*!
    What the two ends of a stream say to each other between its bytes: a frame on the channel of the
    stream with a text that no frame of bytes begins with, as the sender cuts such a one in two. An
    end that only knows frames of bytes takes it for some; see docs/protocol.md.
*/
class IPCPRIMS_AUTOTEST_EXPORT StreamMark
{
public:
    enum class Kind {
        Cut, ///< From the writer: the end that follows isn't that of the whole stream.
        Stop, ///< From the reader: it wants no more of the stream with this number.
        Size, ///< From the writer, as the first: how many bytes will follow.
        Unknown, ///< Of a later version, and to be ignored.
    };

    explicit StreamMark(Kind itsKind, qint64 itsNumber = -1)
        : kind(itsKind)
        , number(itsNumber)
    {}

    QByteArray toFrame() const;
    /// Nothing if \a frame holds bytes of the stream.
    static std::optional<StreamMark> fromFrame(QByteArrayView frame);
    /// Whether a frame of these bytes might be taken for a mark.
    static bool isBegunBy(QByteArrayView bytes) { return bytes.startsWith(Prefix); }

    Kind kind;
    qint64 number; ///< Of bytes, or of the stream; -1 if there is none.

private:
    static constexpr QByteArrayView Prefix
            = "IPCPRIMS-STREAM 6f1c0c2e-0d8f-4d55-9a3b-2c5e7f1a9b44 ";
    static constexpr qsizetype MaxFrameSize = 128;
};

} // namespace IpcPrims
