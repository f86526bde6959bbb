// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/serverrules_p.h"

namespace IpcPrims {

Error checkServable(const SessionSettings &settings)
{
    const Error error = settings.validate();
    return error ? Error(ErrorCode::InvalidArgument,
                         QStringLiteral("no client could be served: %1").arg(error.message()))
                 : Error();
}

QByteArray peerIdFor(quint64 number)
{
    return "peer-" + QByteArray::number(number);
}

Error gaveWayError(qsizetype pending, qsizetype places)
{
    return Error(ErrorCode::ResourcesExhausted,
                 QStringLiteral("%1 clients were shaking hands at once (max %2); the oldest of "
                                "them gave way")
                         .arg(QString::number(pending), QString::number(places)));
}

Error tooManyOfUserError(std::optional<quint32> uid, int max)
{
    return Error(ErrorCode::ResourcesExhausted,
                 QStringLiteral("too many clients of %1 at once (max %2)")
                         .arg(uid ? QStringLiteral("user %1").arg(*uid)
                                  : QStringLiteral("users whom the system doesn't tell"),
                              QString::number(max)));
}

} // namespace IpcPrims
