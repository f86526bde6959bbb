// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/locknote_p.h"

#include "transport/servicename_p.h"

#include <unistd.h>

namespace IpcPrims {

static constexpr QByteArrayView PidKey = "pid ";
static constexpr QByteArrayView ServiceKey = "service ";

// What follows \a key in the line at the beginning of \a text, which is cut off.
static std::optional<QByteArrayView> takeLine(QByteArrayView &text, QByteArrayView key)
{
    const qsizetype end = text.indexOf('\n');
    if (end < 0 || !text.startsWith(key) || end < key.size())
        return std::nullopt;
    const QByteArrayView value = text.sliced(key.size(), end - key.size());
    text = text.sliced(end + 1);
    return value;
}

LockNote LockNote::ofThisProcess(const QByteArray &service)
{
    return {::getpid(), service.size() <= MaxServiceLength ? service : QByteArray()};
}

std::optional<LockNote> LockNote::fromText(QByteArrayView text)
{
    const auto pid = takeLine(text, PidKey);
    const auto service = takeLine(text, ServiceKey);
    if (!pid || !service || !text.isEmpty())
        return std::nullopt;
    bool isNumber = false;
    const LockNote note{pid->toByteArray().toInt(&isNumber), service->toByteArray()};
    const bool isService = isServiceName(note.service) && note.service.size() <= MaxServiceLength;
    if (!isNumber || note.pid <= 0 || !(note.service.isEmpty() || isService))
        return std::nullopt;
    return note;
}

QByteArray LockNote::toText() const
{
    return PidKey.toByteArray() + QByteArray::number(pid) + '\n' + ServiceKey.toByteArray()
           + service + '\n';
}

} // namespace IpcPrims
