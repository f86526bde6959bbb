// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qlist.h>

#include <algorithm>

namespace IpcPrims {

/// The negotiated channels, for the question that is asked for every frame.
class ChannelSet
{
public:
    ChannelSet() = default;
    explicit ChannelSet(const QList<quint16> &channels)
    {
        for (const quint16 channel : channels) {
            if (channel < 64)
                m_low |= bit(channel);
            else
                m_high.append(channel);
        }
        std::sort(m_high.begin(), m_high.end());
    }

    bool contains(quint16 channel) const
    {
        if (Q_LIKELY(channel < 64))
            return m_low & bit(channel);
        return std::binary_search(m_high.cbegin(), m_high.cend(), channel);
    }

private:
    static quint64 bit(quint16 channel) { return quint64(1) << channel; }

    quint64 m_low = 0;
    QList<quint16> m_high;
};

} // namespace IpcPrims
