// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/deadline_p.h"
#include "transport/connector_p.h"
#include "transport/connectrules_p.h"

#include <QtCore/qobject.h>

#include <memory>
#include <optional>

namespace IpcPrims {

/*!
    What all connectors have in common: the deadline, the tries against a full backlog until then,
    and the one report at the end. A transport adds how to try once.
*/
class RetryingConnector : public Connector
{
public:
    using Connector::Connector;

    void start(const Endpoint &endpoint, std::chrono::milliseconds timeout) final;

protected:
    /// What came of one try; with neither a connection nor an error, the backlog was full.
    struct Outcome
    {
        std::optional<Connection> connection;
        Error error;
    };
    /// Tries once to connect to \a endpoint, without waiting. The endpoint is valid.
    virtual Outcome tryOnce(const Endpoint &endpoint) = 0;

private:
    void attempt();
    void tryLater();

    Endpoint m_endpoint;
    std::chrono::milliseconds m_timeout{};
    RetryPause m_pause;
    Deadline m_deadline;
    std::unique_ptr<QObject> m_waiting; // Whom the timer calls; mostly there is none.
};

} // namespace IpcPrims
