// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/retryingconnector_p.h"

#include "transport/peercredentials_p.h"
#ifdef Q_OS_UNIX
#    include "transport/servicedirectory_p.h"
#endif

#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

using namespace std::chrono_literals;

// The pauses between tries against a full backlog double from the first to the longest.
static constexpr std::chrono::milliseconds FirstPause = 1ms;
static constexpr std::chrono::milliseconds LongestPause = 50ms;

void RetryingConnector::start(const Endpoint &endpoint, std::chrono::milliseconds timeout)
{
    m_endpoint = endpoint;
    m_timeout = timeout;
    m_pause = FirstPause;
    m_deadline = QDeadlineTimer(timeout, Qt::PreciseTimer);
    attempt();
}

// Reporting is always its last act, as the listener may delete the connector.
void RetryingConnector::attempt()
{
    if (const Error error = check()) {
        listener().connectorFailed(error);
        return;
    }
    Outcome outcome = tryOnce(m_endpoint);
    if (outcome.error) {
        listener().connectorFailed(outcome.error);
        return;
    }
    if (!outcome.connection) {
        tryLater();
        return;
    }
    if (m_endpoint.isAbstract() && !isThisUser(outcome.connection->credentials)) {
        listener().connectorFailed(
                Error(ErrorCode::PermissionDenied,
                      QStringLiteral("the server at %1 is another user's, and abstract names "
                                     "belong to whoever takes them first")
                              .arg(m_endpoint.path())));
        return;
    }
    listener().connectorSucceeded(*std::move(outcome.connection));
}

Error RetryingConnector::check() const
{
    if (const Error error = m_endpoint.validate())
        return error;
#ifdef Q_OS_UNIX
    return checkServiceDirectory(m_endpoint);
#else
    return Error();
#endif
}

void RetryingConnector::tryLater()
{
    if (m_deadline.hasExpired()) {
        listener().connectorFailed(
                Error(ErrorCode::Timeout,
                      QStringLiteral("connecting timed out after %1 ms, as the server has a "
                                     "full backlog: %2")
                              .arg(m_timeout.count())
                              .arg(m_endpoint.path())));
        return;
    }
    const std::chrono::milliseconds left(m_deadline.remainingTime());
    QTimer::singleShot(std::min(m_pause, left), Qt::PreciseTimer, this,
                       &RetryingConnector::attempt);
    m_pause = std::min(2 * m_pause, LongestPause);
}

} // namespace IpcPrims
