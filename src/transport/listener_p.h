// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/incomingconnection_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

#include <QtCore/qobject.h>

#include <memory>

namespace IpcPrims {

/// How a listener binds; each default is the safe choice.
struct ListenOptions
{
    /// Access rights of the socket's file, in force from the first instant that it is visible.
    unsigned socketMode = 0600;
    int backlog = 128;
};

/*!
    Offers an endpoint and hands out the connections made to it. It never gives up by itself: when
    the process is out of descriptors or memory it pauses, reports that once through acceptError(),
    and goes on when it can.
*/
class IPCPRIMS_AUTOTEST_EXPORT Listener : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Listener)

public:
    explicit Listener(QObject *parent = nullptr)
        : QObject(parent)
    {}

    /*!
        Binds and listens. Refuses to take over a live socket (AddressInUse) and never removes
        anything that is not a dead socket of this user's own (PathOccupied, PermissionDenied).
    */
    virtual Error listen(const Endpoint &endpoint, const ListenOptions &options) = 0;
    virtual bool isListening() const = 0;

    /// Stops listening and removes the socket's file, if it still is the one that was bound.
    virtual void close() = 0;

    /// Stops and resumes accepting; connections wait in the system's backlog meanwhile. To be
    /// called also when descriptors have become free, though accepting is on already: so one that
    /// pauses for lack of them goes on at once.
    virtual void setAccepting(bool accepting) = 0;

Q_SIGNALS:
    void connectionAccepted(const std::shared_ptr<IpcPrims::IncomingConnection> &connection);
    void acceptError(const IpcPrims::Error &error);
};

} // namespace IpcPrims
