// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/peergroup_p.h"
#include "transport/filedescriptor_p.h"

#include <QtCore/qpointer.h>

/// The server's end of one session, over a socket that is connected already.
class ServedPeer final : private IpcPrims::PeerGroup::Observer
{
public:
    explicit ServedPeer(IpcPrims::FileDescriptor socket);

    /// Null before the session has opened, and after its end.
    IpcPrims::Peer *peer() const { return m_peer; }
    bool hasFailed() const { return m_hasFailed; }

private:
    void clientOpened(IpcPrims::Peer *peer) override { m_peer = peer; }
    void clientFailed(const IpcPrims::Error &) override { m_hasFailed = true; }
    void clientGone() override {}

    QPointer<IpcPrims::Peer> m_peer;
    bool m_hasFailed = false;
    const std::shared_ptr<IpcPrims::ClientList> m_clients;
    IpcPrims::PeerGroup m_group;
};
