// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "servedpeer.h"

#include "incomingend.h"

using namespace IpcPrims;

ServedPeer::ServedPeer(FileDescriptor socket)
    : m_clients(std::make_shared<ClientList>())
    , m_group(m_clients, this)
{
    NewClient client;
    client.number = 1;
    client.connection = std::make_shared<IncomingEnd>(std::move(socket));
    client.settings.peerId = "peer-1";
    m_clients->add(client.number, std::nullopt);
    m_group.accept(client);
}
