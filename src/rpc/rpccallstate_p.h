// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/answeronce_p.h"
#include "rpc/rpcmessage_p.h"

#include <IpcPrims/rpcresult.h>

#include <memory>
#include <utility>

namespace IpcPrims {

/// What became of a call of the other side.
struct RpcAnswer
{
    quint64 call = 0; ///< This side's number for it.
    RpcResult result;
};

/// What the copies of an RpcCall share.
class RpcCallState
{
    Q_DISABLE_COPY_MOVE(RpcCallState)

public:
    RpcCallState(RpcRequest itsRequest, quint64 number, std::shared_ptr<Mailbox<RpcAnswer>> mailbox)
        : request(std::move(itsRequest))
        , m_number(number)
        , m_answer(std::move(mailbox))
    {}
    ~RpcCallState() { reply(RpcError(RpcError::InternalError)); }

    void reply(const RpcResult &result) { m_answer.put({m_number, result}); }

    const RpcRequest request;

private:
    const quint64 m_number;
    AnswerOnce<RpcAnswer> m_answer;
};

} // namespace IpcPrims
