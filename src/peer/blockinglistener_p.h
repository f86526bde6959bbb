// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/session_p.h"
#ifdef Q_OS_UNIX
#    include "peer/blockingsession_p.h"
#    include "transport/serversocket_p.h"
#    include "transport/unixconnection_p.h"
#endif
#include "peer/authorizationstate_p.h"
#include "peer/serverrules_p.h"
#include "transport/listener_p.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/receivelimits.h>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace IpcPrims {

class BlockingPeerPrivate;

class BlockingListenerPrivate
{
public:
    Error listen(const Endpoint &where);
    Error accept(BlockingPeerPrivate *peer, std::chrono::milliseconds timeout);
    void close();
    bool isListening() const;
    void cancel();
    void clearCancellation();

    // Configuration
    SessionSettings settings;
    ListenOptions listenOptions;
    int maxPendingHandshakes = DefaultMaxPendingHandshakes;
    ReceiveLimits receiveLimits;
    std::shared_ptr<const BlockingListener::Authorizer> authorizer;
    std::function<void(const Error &)> errorHandler;

    Endpoint endpoint;

#ifdef Q_OS_UNIX
private:
    /// A client from when it was accepted until accept() hands it out.
    struct Client
    {
        quint64 number = 0;
        std::unique_ptr<BlockingSession> session;
        std::optional<PeerCredentials> credentials;
        std::shared_ptr<const BlockingListener::Authorizer> authorizer; // If it is to be asked.
    };

    Error notListeningError() const;
    void waitForClients(const Deadline &deadline);
    void acceptWaiting();
    void begin(UnixConnection connection);
    void authorize();
    static AuthorizationAnswer ask(const Client &client);
    void sortOut();
    void reportNews();

    Waiter m_waiter;
    ServerSocket m_socket;
    UnixAcceptor m_acceptor;
    Deadline m_pauseEnd; // While accepting pauses.
    SessionSettings m_served; // The settings at the time of listen().
    quint64 m_acceptCount = 0;
    std::deque<Client> m_pending; // Still shaking hands, the oldest first.
    std::deque<Client> m_ready;
    std::vector<Error> m_news; // For the error handler, which may do anything.
#endif
};

} // namespace IpcPrims
