// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/request.h>

#include "peer/requeststate_p.h"

#include <utility>

namespace IpcPrims {

Request::Request(std::shared_ptr<RequestState> state)
    : d(std::move(state))
{}

QByteArray Request::payload() const
{
    return d ? d->payload : QByteArray();
}

quint64 Request::number() const
{
    return d ? d->number : 0;
}

void Request::reply(const QByteArray &payload) const
{
    if (d)
        d->reply(payload);
}

void Request::fail(const QString &text) const
{
    if (d)
        d->fail(text.toUtf8());
}

} // namespace IpcPrims
