// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qlist.h>

namespace IpcPrims {

/*!
    The largest payload that is received on each channel. Frames are checked by their header alone;
    most of them are so small that no channel's limit matters, for which smallest() is there.
*/
class IPCPRIMS_AUTOTEST_EXPORT PayloadLimits
{
public:
    explicit PayloadLimits(qint64 ofAllChannels = MaxPayloadSize)
        : m_common(ofAllChannels)
        , m_smallest(ofAllChannels)
    {}

    /// The limit of channels without one of their own.
    qint64 common() const { return m_common; }
    void setCommon(qint64 bytes);

    qint64 of(quint16 channel) const;
    void set(quint16 channel, qint64 bytes);

    /// Payloads up to this size are allowed on every channel.
    qint64 smallest() const { return m_smallest; }

    /// Why a payload of \a bytes must not be received on \a channel; no error if it may.
    Error check(quint16 channel, qint64 bytes) const;

    friend bool operator==(const PayloadLimits &, const PayloadLimits &) = default;

private:
    struct Own
    {
        quint16 channel = 0;
        qint64 bytes = 0;

        friend bool operator==(const Own &, const Own &) = default;
    };

    QList<Own>::const_iterator find(quint16 channel) const;
    void updateSmallest();

    qint64 m_common;
    qint64 m_smallest;
    QList<Own> m_own; // Sorted by channel; shared by all connections with the same limits.
};

} // namespace IpcPrims
