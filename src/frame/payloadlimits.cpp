// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/payloadlimits_p.h"

#include <algorithm>

namespace IpcPrims {

void PayloadLimits::setCommon(qint64 bytes)
{
    m_common = bytes;
    updateSmallest();
}

// Where the channel's own limit is, or would be.
QList<PayloadLimits::Own>::const_iterator PayloadLimits::find(quint16 channel) const
{
    return std::lower_bound(m_own.cbegin(), m_own.cend(), channel,
                            [](const Own &one, quint16 key) { return one.channel < key; });
}

qint64 PayloadLimits::of(quint16 channel) const
{
    const auto own = find(channel);
    return own != m_own.cend() && own->channel == channel ? own->bytes : m_common;
}

void PayloadLimits::set(quint16 channel, qint64 bytes)
{
    const auto own = find(channel);
    const qsizetype index = own - m_own.cbegin();
    if (own == m_own.cend() || own->channel != channel)
        m_own.insert(index, {channel, bytes});
    else if (own->bytes != bytes) // Else the list stays shared.
        m_own[index].bytes = bytes;
    updateSmallest();
}

void PayloadLimits::updateSmallest()
{
    m_smallest = m_common;
    for (const Own &own : std::as_const(m_own))
        m_smallest = std::min(m_smallest, own.bytes);
}

Error PayloadLimits::check(quint16 channel, qint64 bytes) const
{
    const qint64 max = of(channel);
    if (bytes <= max)
        return {};
    return Error(ErrorCode::PayloadTooLarge,
                 QStringLiteral("payload too large (%1 bytes on channel %2, max %3)")
                         .arg(bytes)
                         .arg(channel)
                         .arg(max));
}

} // namespace IpcPrims
