// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/streammark_p.h"

namespace IpcPrims {

QByteArray StreamMark::toFrame() const
{
    const QByteArray prefix = Prefix.toByteArray();
    switch (kind) {
    case Kind::Cut:
        return prefix + "cut";
    case Kind::Stop:
        return prefix + "stop";
    case Kind::Size:
        return prefix + "size " + QByteArray::number(size);
    case Kind::Unknown:
        break;
    }
    return prefix;
}

std::optional<StreamMark> StreamMark::fromFrame(QByteArrayView frame)
{
    if (frame.size() > MaxFrameSize || !isBegunBy(frame))
        return std::nullopt;
    const QByteArrayView text = frame.sliced(Prefix.size());
    if (text == "cut")
        return StreamMark(Kind::Cut);
    if (text == "stop")
        return StreamMark(Kind::Stop);
    if (text.startsWith("size ")) {
        bool isNumber = false;
        const qint64 size = text.sliced(5).toLongLong(&isNumber);
        if (isNumber && size >= 0)
            return StreamMark(Kind::Size, size);
    }
    return StreamMark(Kind::Unknown);
}

} // namespace IpcPrims
