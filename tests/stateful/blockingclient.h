// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "model.h"

#include <IpcPrims/blockingpeer.h>
#include <IpcPrims/endpoint.h>

#include <atomic>
#include <thread>

/// A client without an event loop, in a thread of its own: one session after the other.
class BlockingClient
{
    Q_DISABLE_COPY_MOVE(BlockingClient)

public:
    BlockingClient(Model *model, const IpcPrims::Endpoint &endpoint, quint64 seed);
    /// Waits for the end of the thread.
    ~BlockingClient();

    /// Has the session that is open end soon, and no other one begin.
    void windUp() { m_isWindingUp = true; }
    bool isAtRest() const { return m_isAtRest; }

private:
    void work();
    void playSession();
    /// Whether the session goes on.
    bool act();
    bool send();
    bool receive();
    bool request();
    bool ping();
    void shutDown();
    void abort();
    void endedBy(const IpcPrims::Error &error);
    void takeRest();
    void take(const IpcPrims::Frame &frame);
    void note(const QString &what);
    bool goesOn(const IpcPrims::Error &error);

    Model *const m_model;
    const IpcPrims::Endpoint m_endpoint;
    const Ledger::End m_end;
    Choice m_choice;
    IpcPrims::BlockingPeer m_peer;
    Ledger::SessionNumber m_session = 0;
    // With receive(); nothing else that receives is called in such a session, as that would put
    // frames aside which receive() doesn't find.
    bool m_takesAnyChannel = false;
    std::atomic<bool> m_isWindingUp = false;
    std::atomic<bool> m_isAtRest = false;
    std::thread m_thread;
};
