// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/streammark_p.h"

#include <algorithm>
#include <limits>

namespace IpcPrims {

QByteArray StreamMark::toFrame() const
{
    const QByteArray prefix = Prefix.toByteArray();
    switch (kind) {
    case Kind::Cut:
        return prefix + "cut";
    case Kind::Stop:
        return number < 0 ? prefix + "stop" : prefix + "stop " + QByteArray::number(number);
    case Kind::Size:
        return prefix + "size " + QByteArray::number(number);
    case Kind::Unknown:
        break;
    }
    return prefix;
}

// A decimal number behind the word, if it is one. Beyond 64 bits it is the largest.
static std::optional<qint64> numberAfter(QByteArrayView word, QByteArrayView text)
{
    if (!text.startsWith(word))
        return std::nullopt;
    const QByteArrayView digits = text.sliced(word.size());
    const bool isNumber = !digits.isEmpty()
                          && std::all_of(digits.begin(), digits.end(),
                                         [](char digit) { return digit >= '0' && digit <= '9'; });
    if (!isNumber)
        return std::nullopt;
    bool isInRange = false;
    const qint64 number = digits.toLongLong(&isInRange);
    return isInRange ? number : std::numeric_limits<qint64>::max();
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
    if (const auto stream = numberAfter("stop ", text))
        return StreamMark(Kind::Stop, *stream);
    if (const auto size = numberAfter("size ", text))
        return StreamMark(Kind::Size, *size);
    return StreamMark(Kind::Unknown);
}

} // namespace IpcPrims
