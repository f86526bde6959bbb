// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rpc/rpcmessage_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>
#include <IpcPrims/rpcmessagelimits.h>

#include <QtCore/qbytearrayview.h>

#include <optional>
#include <vector>

namespace IpcPrims {

/// What the JSON of a frame says: sections 4 to 6 of the specification.
struct RpcFrame
{
    std::optional<RpcError> error; ///< It can't be read; what the other side is to be told.
    QString why; ///< What this side is to be told then.
    bool isBatch = false;
    std::vector<RpcMessage> messages; ///< One if it isn't a batch.
};

/// Reads strictly: what is no JSON text in UTF-8, a byte-order mark included, is refused, and so is
/// what exceeds \a limits or \a batchLimit, before anything is built from it.
IPCPRIMS_AUTOTEST_EXPORT RpcFrame readRpcFrame(QByteArrayView payload,
                                               const RpcMessageLimits &limits, int batchLimit);

/// The call that a message answers; of the answers to a batch, which come together, the first.
struct AnsweredCall
{
    quint64 number = 0;
    bool isOfBatch = false;
};
/// That of \a payload, which was refused: nothing if it isn't an answer, or doesn't say so near its
/// beginning, as more than that isn't looked at.
std::optional<AnsweredCall> callOfRefusedAnswer(QByteArrayView payload);

/// Why a message of this side, which is well-formed, exceeds \a limits.
Error checkRpcText(QByteArrayView text, const RpcMessageLimits &limits);

/// The call of this side to which an answer with \a id belongs; nothing if it is no number of one.
IPCPRIMS_AUTOTEST_EXPORT std::optional<quint64> callOfRpcId(const RpcId &id);

} // namespace IpcPrims
