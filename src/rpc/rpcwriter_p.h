// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rpc/rpcmessage_p.h"

#include <IpcPrims/rpcresult.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/// Whether a method can be called with them: an array or an object, or undefined for none.
bool areRpcParams(const QJsonValue &params);

// The texts of messages. A value that JSON can't say (see hasJsonText()) must not get here.

/// A notification if \a id is empty.
QByteArray rpcRequestText(const QString &method, const QJsonValue &params, const RpcId &id);
QByteArray rpcResultText(const RpcId &id, const QJsonValue &value);
QByteArray rpcErrorText(const RpcId &id, const RpcError &error);
QByteArray rpcBatchText(const QByteArrayList &messages);

/// Whether hasJsonText() of what \a text was made of has to be asked: only then there are traces in
/// it of what JSON can't say.
bool mayHideLoss(const QByteArray &text);

} // namespace IpcPrims
