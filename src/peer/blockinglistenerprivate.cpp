// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/blockinglistener_p.h"

#include "peer/blockingpeer_p.h"
#include "peer/peerlog_p.h"
#include "transport/logging_p.h"

#include <IpcPrims/authorizationrequest.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include <poll.h>

namespace IpcPrims {

// How many connections are accepted before those that are shaking hands get their turn.
static constexpr int MaxAcceptsInARow = 16;

Error BlockingListenerPrivate::listen(const Endpoint &where)
{
    if (isListening()) {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("already listening on %1").arg(endpoint.path()));
    }
    if (const Error error = checkServable(settings))
        return error;
    if (const Error error = m_socket.open(where, listenOptions))
        return error;
    m_served = settings;
    endpoint = where;
    return {};
}

void BlockingListenerPrivate::close()
{
    m_pending.clear();
    m_ready.clear();
    m_acceptor = UnixAcceptor();
    m_pauseEnd.reset();
    m_socket.close();
}

bool BlockingListenerPrivate::isListening() const
{
    return m_socket.isOpen();
}

void BlockingListenerPrivate::cancel()
{
    m_waiter.cancel();
}

void BlockingListenerPrivate::clearCancellation()
{
    m_waiter.clear();
}

void BlockingListenerPrivate::reportNews()
{
    const auto handler = errorHandler;
    const std::vector<Error> news = std::exchange(m_news, {});
    for (const Error &one : news) {
        if (handler)
            handler(one);
    }
}

Error BlockingListenerPrivate::accept(BlockingPeerPrivate *peer, std::chrono::milliseconds timeout)
{
    const Deadline deadline = deadlineAfter(timeout);
    for (;;) {
        if (!isListening())
            return notListeningError();
        if (m_waiter.isCancelled())
            return Error(ErrorCode::Cancelled, QStringLiteral("accepting was cancelled"));
        if (!m_ready.empty()) {
            Client client = std::move(m_ready.front());
            m_ready.pop_front();
            peer->adopt(std::move(client.session), client.credentials);
            return {};
        }
        waitForClients(deadline);
        authorize();
        sortOut();
        reportNews();
        if (m_ready.empty() && deadline && Session::Clock::now() >= *deadline) {
            return Error(
                    ErrorCode::Timeout,
                    QStringLiteral("no client has connected within %1 ms").arg(timeout.count()));
        }
    }
}

Error BlockingListenerPrivate::notListeningError() const
{
    return Error(ErrorCode::NotConnected,
                 m_socket.isInherited()
                         ? QStringLiteral("it is the process that has forked this one that listens")
                         : QStringLiteral("not listening"));
}

// Waits until something can be done for any client, and does it.
void BlockingListenerPrivate::waitForClients(const Deadline &deadline)
{
    const auto now = Session::Clock::now();
    if (m_pauseEnd && now >= *m_pauseEnd)
        m_pauseEnd.reset();

    Deadline end = earliest(deadline, m_pauseEnd);
    // The first is the waiter's own; then the listening socket, and one for each pending client.
    std::vector<pollfd> descriptors = {{}, {m_pauseEnd ? -1 : m_socket.descriptor(), POLLIN, 0}};
    for (const Client &client : m_pending) {
        end = earliest(end, client.session->deadline());
        descriptors.push_back({client.session->socket(), client.session->wantedEvents(), 0});
    }

    if (m_waiter.wait(descriptors, end) == Waiter::Outcome::Ready) {
        for (size_t i = 0; i < m_pending.size(); ++i) {
            m_pending[i].session->handleEvents(descriptors[i + 2].revents);
            m_pending[i].session->shakeHands();
        }
        if (descriptors[1].revents != 0)
            acceptWaiting();
    }
    // Not only when nothing happens, which others can put off for ever.
    for (const Client &client : m_pending)
        client.session->timePassed();
}

// Until there is a client to hand out: mostly it came alone, and to find that out by asking for
// another one costs a system call.
void BlockingListenerPrivate::acceptWaiting()
{
    const auto hasClient
            = [this] { return !m_pending.empty() && m_pending.back().session->hasOpened(); };
    for (int i = 0; i < MaxAcceptsInARow && !hasClient(); ++i) {
        UnixConnection connection;
        switch (m_acceptor.accept(m_socket.descriptor(), endpoint, &connection)) {
        case UnixAcceptor::Outcome::Accepted:
            begin(std::move(connection));
            break;
        case UnixAcceptor::Outcome::Dropped:
            break;
        case UnixAcceptor::Outcome::Empty:
            return;
        case UnixAcceptor::Outcome::Exhausted:
            const UnixAcceptor::Exhaustion exhaustion = m_acceptor.exhaustion(endpoint);
            m_pauseEnd = deadlineAfter(exhaustion.pause);
            if (exhaustion.news) {
                logAcceptError(exhaustion.news);
                m_news.push_back(exhaustion.news);
            }
            return;
        }
    }
}

void BlockingListenerPrivate::begin(UnixConnection connection)
{
    const quint64 number = ++m_acceptCount;
    m_served.peerId = peerIdFor(number);
    m_served.asksForAuthorization = authorizer != nullptr;
    Client client
            = {number,
               std::make_unique<BlockingSession>(Session::Role::Server, m_served, receiveLimits,
                                                 std::move(connection.descriptor)),
               connection.credentials, authorizer};
    // Clients speak first, so most have done so already.
    client.session->handleEvents(POLLIN);
    client.session->shakeHands();
    m_pending.push_back(std::move(client));
}

// The authorizer may do anything, close the listener included.
void BlockingListenerPrivate::authorize()
{
    const auto findClient = [this](auto predicate) {
        return std::find_if(m_pending.begin(), m_pending.end(), predicate);
    };
    const auto waits = [](const Client &client) { return client.session->isAuthorizing(); };
    for (auto client = findClient(waits); client != m_pending.end(); client = findClient(waits)) {
        const AuthorizationAnswer answer = ask(*client);
        client = findClient([&](const Client &one) { return one.number == answer.client; });
        if (client == m_pending.end())
            return;
        client->session->timePassed(); // The deadline has gone on.
        if (answer.refusal)
            client->session->refuse(answer.refusal);
        else
            client->session->grant(answer.channels);
    }
}

namespace {
/// What an authorizer has answered by the time it returns. Copies of the request may be anywhere.
class Verdict
{
public:
    explicit Verdict(AuthorizationAnswer withoutOne)
        : m_answer(std::move(withoutOne))
    {}

    void put(const AuthorizationAnswer &answer)
    {
        const std::lock_guard lock(m_mutex);
        m_answer = answer;
    }
    AuthorizationAnswer get() const
    {
        const std::lock_guard lock(m_mutex);
        return m_answer;
    }

private:
    mutable std::mutex m_mutex;
    AuthorizationAnswer m_answer;
};
} // namespace

AuthorizationAnswer BlockingListenerPrivate::ask(const Client &client)
{
    const Session &session = client.session->session();
    const QString peerId = QString::fromUtf8(session.peerId());
    const Error noAnswer(ErrorCode::PermissionDenied,
                         QStringLiteral("the authorizer gave no answer for %1").arg(peerId));
    const auto verdict
            = std::make_shared<Verdict>(AuthorizationAnswer{client.number, noAnswer, {}});
    const AuthorizationRequest request(std::make_shared<AuthorizationRequestState>(
            AuthorizationRequestState::Facts{
                    client.number, peerId, session.peerName(), client.credentials,
                    client.session->requestedChannels(), session.channels()},
            client.session->takeAuthToken(),
            [verdict](const AuthorizationAnswer &answer) { verdict->put(answer); }));
    const auto authorizer = client.authorizer; // which may have the client closed
    (*authorizer)(request);
    return verdict->get();
}

// Takes those out of the pending clients that are it no longer.
void BlockingListenerPrivate::sortOut()
{
    for (Client &client : m_pending) {
        if (client.session->isHandshaking())
            continue;
        if (client.session->hasOpened()) {
            m_ready.push_back(std::move(client));
        } else {
            PeerLog::handshakeFailed(client.session->endError());
            m_news.push_back(client.session->endError());
        }
    }
    const auto isDone = [](const Client &client) {
        return !client.session || !client.session->isHandshaking();
    };
    m_pending.erase(std::remove_if(m_pending.begin(), m_pending.end(), isDone), m_pending.end());
    while (m_pending.size() > size_t(maxPendingHandshakes)) {
        m_news.push_back(gaveWayError(qsizetype(m_pending.size()), maxPendingHandshakes));
        PeerLog::clientTurnedAway(m_news.back());
        m_pending.pop_front();
    }
}

} // namespace IpcPrims
