// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/unixlistener_p.h"

#include "transport/logging_p.h"
#include "transport/nativestream_p.h"
#include "transport/peercredentials_p.h"
#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <cerrno>

namespace IpcPrims {

using namespace std::chrono_literals;

// How many connections are accepted before others in the event loop get their turn.
static constexpr int MaxAcceptsPerTurn = 16;

// The pauses double from the first to the longest, which leaves some time within a second.
static constexpr std::chrono::milliseconds FirstPause = 100ms;
static constexpr std::chrono::milliseconds LongestPause = 800ms;

// Whether only the one connection that was to be accepted is lost.
static bool concernsOneConnection(int reason)
{
    return reason == EINTR || reason == ECONNABORTED || reason == EPROTO || reason == EPERM;
}

UnixListener::UnixListener(QObject *parent)
    : Listener(parent)
    , m_nextPause(FirstPause)
{
    m_pauseTimer.setSingleShot(true);
    connect(&m_pauseTimer, &QTimer::timeout, this, &UnixListener::resume);
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
    m_nextPause = FirstPause;
    m_isExhausted = false;
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
    const QPointer<UnixListener> alive(this);
    for (int i = 0; i < MaxAcceptsPerTurn; ++i) {
        FileDescriptor descriptor = acceptConnection(m_socket.descriptor());
        if (descriptor.isValid()) {
            m_nextPause = FirstPause;
            handOver(std::move(descriptor));
            if (!alive || !m_isAccepting || !isListening())
                return;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            m_isExhausted = false;
            return;
        } else if (!concernsOneConnection(errno)) {
            pauseAfter(errno);
            return;
        }
    }
}

void UnixListener::handOver(FileDescriptor descriptor)
{
    const auto connection = std::make_shared<Connection>();
    connection->credentials = readPeerCredentials(descriptor.get());
    if (m_endpoint.isAbstract() && !isThisUser(connection->credentials)) {
        qCInfo(lcTransport) << "Refused another user's connection to" << m_endpoint;
        return;
    }
    connection->stream = std::make_unique<NativeStream>(std::move(descriptor));
    Q_EMIT connectionAccepted(connection);
}

void UnixListener::pauseAfter(int reason)
{
    m_notifier->setEnabled(false);
    m_pauseTimer.start(m_nextPause);
    m_nextPause = std::min(2 * m_nextPause, LongestPause);
    if (m_isExhausted)
        return;
    m_isExhausted = true;
    Q_EMIT acceptError(Error::fromNative(
            errorCodeFor(reason),
            QStringLiteral("can't accept connections to %1 for now").arg(m_endpoint.path()),
            reason));
}

} // namespace IpcPrims
