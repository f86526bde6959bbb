// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/rpccall.h>

#include "rpc/rpccallstate_p.h"

#include <utility>

namespace IpcPrims {

RpcCall::RpcCall(std::shared_ptr<RpcCallState> state)
    : d(std::move(state))
{}

QString RpcCall::method() const
{
    return d ? d->request.method : QString();
}

QJsonValue RpcCall::params() const
{
    return d ? d->request.params : QJsonValue(QJsonValue::Undefined);
}

bool RpcCall::isNotification() const
{
    return d && d->request.isNotification();
}

void RpcCall::reply(const RpcResult &result) const
{
    if (d)
        d->reply(result);
}

} // namespace IpcPrims
