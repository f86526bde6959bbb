// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/retryingconnector_p.h"

#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

void RetryingConnector::start(const Endpoint &endpoint, std::chrono::milliseconds timeout)
{
    m_endpoint = endpoint;
    m_timeout = timeout;
    m_pause = RetryPause();
    m_deadline = deadlineAfter(timeout);
    attempt();
}

// Reporting is always its last act, as the listener may delete the connector.
void RetryingConnector::attempt()
{
    if (const Error error = checkBeforeConnecting(m_endpoint)) {
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
    if (const Error error = checkServer(m_endpoint, outcome.connection->credentials)) {
        listener().connectorFailed(error);
        return;
    }
    listener().connectorSucceeded(*std::move(outcome.connection));
}

void RetryingConnector::tryLater()
{
    const auto now = std::chrono::steady_clock::now();
    if (m_deadline && now >= *m_deadline) {
        listener().connectorFailed(backlogFullError(m_endpoint, m_timeout));
        return;
    }
    std::chrono::milliseconds pause = m_pause.next();
    if (m_deadline)
        pause = std::min(pause, std::chrono::ceil<std::chrono::milliseconds>(*m_deadline - now));
    if (!m_waiting)
        m_waiting = std::make_unique<QObject>();
    QTimer::singleShot(pause, Qt::PreciseTimer, m_waiting.get(), [this] { attempt(); });
}

} // namespace IpcPrims
