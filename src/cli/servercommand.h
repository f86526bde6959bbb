// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/command.h"
#include "cli/terminationsignals.h"

#include <IpcPrims/server.h>

#include <string>

namespace IpcPrims::Tool {

/*!
    What `echo` and `listen` have in common: they serve any number of clients at once until a
    termination signal comes, and a client that misbehaves ends nothing but its own connection.
*/
class ServerCommand : public Command
{
    Q_OBJECT

public:
    void start() override;

protected:
    ServerCommand(const Endpoint &endpoint, const QList<quint16> &channels);

    virtual void serve(Peer *peer) = 0;
    /// Has frames judged, and tells the clients whose frames are bad. To be called before start().
    void validate(std::shared_ptr<const PayloadValidator> validator);
    /// The last chance to write something, before the command finishes in order.
    virtual void complete() {}

    /*!
        Ends in order: removes the socket at once, then closes the sessions, so that what was
        accepted is still sent. Clients that don't play along are given up after a moment.
    */
    void stop();

private:
    void welcome(Peer *peer);
    void endOfSession();
    void completeAndFinish();

    Endpoint m_endpoint;
    Server m_server;
    TerminationSignals m_signals;
    int m_openSessions = 0;
    bool m_isStopping = false;
};

} // namespace IpcPrims::Tool
