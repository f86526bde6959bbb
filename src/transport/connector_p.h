// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/connection_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

#include <QtCore/qglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    Makes one connection to an endpoint. The listener is told the outcome exactly once: from inside
    start() if there is nothing to wait for, which is the rule, or from the event loop. Deleting the
    connector gives the attempt up.
*/
class IPCPRIMS_AUTOTEST_EXPORT Connector
{
    Q_DISABLE_COPY_MOVE(Connector)

public:
    /// Either function may delete the connector.
    class Listener
    {
    public:
        virtual void connectorSucceeded(Connection connection) = 0;
        virtual void connectorFailed(const Error &error) = 0;

    protected:
        ~Listener() = default;
    };

    explicit Connector(Listener *listener)
        : m_listener(listener)
    {}
    virtual ~Connector() = default;

    /*!
        Starts the attempt, to be called once. It fails with Timeout when \a timeout has passed; a
        full backlog is tried again from a timer until then.
    */
    virtual void start(const Endpoint &endpoint, std::chrono::milliseconds timeout) = 0;

protected:
    Listener &listener() const { return *m_listener; }

private:
    Listener *const m_listener;
};

} // namespace IpcPrims
