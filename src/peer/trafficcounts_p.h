// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/peerhealth.h>

#include <map>

namespace IpcPrims {

/// What has gone over each channel and over all of them.
class TrafficCounts
{
public:
    void addReceived(quint16 channel, qint64 bytes)
    {
        for (Traffic *const one : {&m_total, &of(channel)}) {
            ++one->framesReceived;
            one->bytesReceived += bytes;
        }
    }
    void addSent(quint16 channel, qint64 bytes)
    {
        for (Traffic *const one : {&m_total, &of(channel)}) {
            ++one->framesSent;
            one->bytesSent += bytes;
        }
    }

    const Traffic &total() const { return m_total; }
    const std::map<quint16, Traffic> &byChannel() const { return m_byChannel; }

private:
    Traffic &of(quint16 channel)
    {
        if (!m_last || m_lastChannel != channel) {
            m_last = &m_byChannel[channel]; // A map leaves it where it is.
            m_lastChannel = channel;
        }
        return *m_last;
    }

    Traffic m_total;
    std::map<quint16, Traffic> m_byChannel;
    Traffic *m_last = nullptr; // Frames of a channel mostly come one after another.
    quint16 m_lastChannel = 0;
};

} // namespace IpcPrims
