// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/connection_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

#include <QtCore/qobject.h>

#include <chrono>
#include <memory>

namespace IpcPrims {

/*!
    Makes one connection to an endpoint. The outcome is always reported by exactly one signal, from
    the event loop and never from inside start(), so that a slot may start another attempt without
    recursion. Deleting the connector gives the attempt up.
*/
class IPCPRIMS_AUTOTEST_EXPORT Connector : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Connector)

public:
    explicit Connector(QObject *parent = nullptr)
        : QObject(parent)
    {}

    /*!
        Starts the attempt, to be called once. It fails with Timeout when \a timeout has passed; a
        full backlog is tried again from a timer until then.
    */
    virtual void start(const Endpoint &endpoint, std::chrono::milliseconds timeout) = 0;

Q_SIGNALS:
    void connected(const std::shared_ptr<IpcPrims::Connection> &connection);
    void failed(const IpcPrims::Error &error);
};

} // namespace IpcPrims
