// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/channelhandlers_p.h"
#include "peer/sessionobserver_p.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qobject.h>

namespace IpcPrims {

class Peer;

/*!
    Takes what still arrives of a stream whose reader has stopped it and is gone, up to its end, so
    that it isn't taken for something else, and its writer is told. A child of the peer.
*/
class StreamDrain : public QObject, private SessionObserver
{
    Q_OBJECT

public:
    StreamDrain(Peer *peer, quint16 channel);
    ~StreamDrain() override;

    quint16 channel() const { return m_channel; }

private:
    void sessionEnded(const Error &reason) override;
    void frameRefused(quint16 channel, QByteArrayView payload, const Error &reason) override;
    void peerDestroyed(const std::optional<Error> &) override { m_peer = nullptr; }
    ChannelUser asUser() const { return {this, "a ChannelDevice", false, true}; }
    void receive(QByteArrayView payload);
    void finish();

    Peer *m_peer;
    const quint16 m_channel;
};

} // namespace IpcPrims
