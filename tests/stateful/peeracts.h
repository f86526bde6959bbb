// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "model.h"
#include "peerwatch.h"
#include "streams.h"
#include "workthread.h"

#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/request.h>

#include <deque>
#include <memory>
#include <vector>

/// What an application does with an open peer, at either end; it may have ended afterwards, but not
/// been deleted.
class PeerActs
{
    Q_DISABLE_COPY_MOVE(PeerActs)

public:
    PeerActs(Model *model, int threads);
    ~PeerActs();

    /// Makes what every peer of this test has, before its first session.
    void prepare(IpcPrims::Peer *peer);
    /// Those of a server's end: it reads streams, and answers requests at once, later, elsewhere or
    /// never.
    void serve(IpcPrims::Peer *peer);

    void act(PeerWatch *watch);
    /// Answers one of the requests that wait for it.
    void answerOne();
    void dropAnswers();

    static IpcPrims::JsonRpc *rpcOf(IpcPrims::Peer *peer);

private:
    void sendFrames(PeerWatch *watch);
    void sendFrame(PeerWatch *watch);
    void call(PeerWatch *watch);
    void request(PeerWatch *watch);
    void ping(PeerWatch *watch);
    quint16 frameChannel();
    std::chrono::milliseconds timeout();

    Model *const m_model;
    std::vector<std::unique_ptr<WorkThread>> m_sending;
    WorkThread m_answering;
    std::deque<IpcPrims::Request> m_requests;
    Streams m_streams;
    qint64 m_calls = 0;
};
