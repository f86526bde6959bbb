// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/unixlistener_p.h"

#include "transport/incomingsocket_p.h"
#include "transport/logging_p.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace IpcPrims {

// How many connections are accepted before others in the event loop get their turn.
static constexpr int MaxAcceptsPerTurn = 16;

UnixListener::UnixListener(QObject *parent)
    : Listener(parent)
{
    m_pauseTimer.setSingleShot(true);
    connect(&m_pauseTimer, &QTimer::timeout, this, &UnixListener::resume);
}

UnixListener::~UnixListener()
{
    TurnTime::ofThisThread().forget(this);
}

Error UnixListener::listen(const Endpoint &endpoint, const ListenOptions &options)
{
    close();
    if (const Error error = m_socket.open(endpoint, options))
        return error;
    m_endpoint = endpoint;
    m_notifier = std::make_unique<QSocketNotifier>(m_socket.descriptor(), QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &UnixListener::acceptWaiting);
    m_notifier->setEnabled(m_isAccepting);
    return Error();
}

void UnixListener::close()
{
    m_notifier.reset();
    m_pauseTimer.stop();
    m_acceptor = UnixAcceptor();
    m_socket.close();
}

void UnixListener::setAccepting(bool accepting)
{
    m_isAccepting = accepting;
    m_pauseTimer.stop();
    resume();
}

void UnixListener::resume()
{
    if (m_notifier)
        m_notifier->setEnabled(m_isAccepting);
}

void UnixListener::acceptWaiting()
{
    if (!isListening()) { // In a forked child.
        m_notifier->setEnabled(false);
        return;
    }
    TurnTime &time = TurnTime::ofThisThread();
    if (time.isOver()) {
        waitForTurn();
        return;
    }
    const QPointer<UnixListener> alive(this);
    for (int i = 0; i < MaxAcceptsPerTurn; ++i) {
        UnixConnection connection;
        switch (m_acceptor.accept(m_socket.descriptor(), m_endpoint, &connection)) {
        case UnixAcceptor::Outcome::Accepted:
            handOver(std::move(connection));
            if (!alive || !m_isAccepting || !isListening())
                return;
            if (time.spend()) {
                waitForTurn();
                return;
            }
            break;
        case UnixAcceptor::Outcome::Dropped:
            break;
        case UnixAcceptor::Outcome::Empty:
            return;
        case UnixAcceptor::Outcome::Exhausted:
            pause();
            return;
        }
    }
}

void UnixListener::waitForTurn()
{
    if (!std::exchange(m_waitsForTurn, true))
        TurnTime::ofThisThread().wait(this);
}

void UnixListener::turnCame()
{
    m_waitsForTurn = false;
    if (m_isAccepting && isListening())
        acceptWaiting();
}

void UnixListener::handOver(UnixConnection accepted)
{
    Q_EMIT connectionAccepted(std::make_shared<IncomingSocket>(std::move(accepted)));
}

void UnixListener::pause()
{
    const UnixAcceptor::Exhaustion exhaustion = m_acceptor.exhaustion(m_endpoint);
    m_notifier->setEnabled(false);
    m_pauseTimer.start(exhaustion.pause);
    if (!exhaustion.news)
        return;
    logAcceptError(exhaustion.news);
    Q_EMIT acceptError(exhaustion.news);
}

} // namespace IpcPrims
