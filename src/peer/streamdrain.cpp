// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/streamdrain_p.h"

#include "peer/peer_p.h"

#include <IpcPrims/peer.h>

namespace IpcPrims {

StreamDrain::StreamDrain(Peer *peer, quint16 channel)
    : QObject(peer)
    , m_peer(peer)
    , m_channel(channel)
{
    peer->d->observers.add(this);
    peer->d->setFrameHandler(
            channel, [this](quint16, QByteArrayView payload) { receive(payload); }, asUser());
}

StreamDrain::~StreamDrain()
{
    if (m_peer)
        m_peer->d->observers.remove(this);
}

void StreamDrain::receive(QByteArrayView payload)
{
    if (payload.isEmpty())
        finish();
    else
        m_peer->d->streams.stop(m_channel);
}

void StreamDrain::frameRefused(quint16 channel, QByteArrayView payload, const Error &)
{
    if (m_peer && channel == m_channel)
        receive(payload);
}

void StreamDrain::sessionEnded(const Error &)
{
    finish();
}

void StreamDrain::finish()
{
    if (!m_peer)
        return;
    m_peer->d->observers.remove(this);
    Peer *const peer = m_peer;
    m_peer = nullptr;
    setParent(nullptr); // From here on the channel is free.
    deleteLater();
    peer->d->setFrameHandler(m_channel, {}, asUser());
}

} // namespace IpcPrims
