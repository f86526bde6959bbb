// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <algorithm>
#include <cstring>

/// A frame as the body of a message, for systems that keep messages apart by themselves: the
/// channel, then the payload.
namespace Bench::MessageBody {

inline size_t sizeFor(QByteArrayView payload)
{
    return sizeof(quint16) + size_t(payload.size());
}

inline void write(void *body, quint16 channel, QByteArrayView payload)
{
    char *const place = static_cast<char *>(body);
    std::memcpy(place, &channel, sizeof(channel));
    std::copy_n(payload.data(), payload.size(), place + sizeof(channel));
}

inline quint16 channel(const void *body)
{
    quint16 number = 0;
    std::memcpy(&number, body, sizeof(number));
    return number;
}

inline QByteArrayView payload(const void *body, size_t size)
{
    return QByteArrayView(static_cast<const char *>(body), qsizetype(size)).sliced(sizeof(quint16));
}

/// How many messages of this size a queue should hold: 16 MiB of them, a thousand at most.
inline int queueLength(const Workload &workload)
{
    constexpr qint64 bytes = 16 * 1024 * 1024;
    return int(std::clamp<qint64>(bytes / workload.size, 2, 1000));
}

} // namespace Bench::MessageBody
