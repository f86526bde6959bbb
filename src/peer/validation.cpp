// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/validation_p.h"

#include "frame/header_p.h"
#include "session/strictjson_p.h"

#include <IpcPrims/protocol.h>

namespace IpcPrims {

// In characters. An application's validator may say more than the other side should have to read,
// and this side to keep until it does.
static constexpr qsizetype MaxMessageLength = 4096;

PayloadValidator::~PayloadValidator() = default;

Error checkOutgoing(const PayloadValidator *validator, quint16 channel, const QByteArray &payload)
{
    // A payload that is too large anyway isn't worth the time of a validator.
    if (const Error error = checkPayloadSize(payload.size(), MaxPayloadSize))
        return error;
    if (!validator)
        return {};
    const auto failure = validator->check(channel, payload, PayloadValidator::Direction::Send);
    return failure ? Error(ErrorCode::ValidationFailed, validationText(*failure)) : Error();
}

QString validationText(const PayloadValidator::Failure &failure)
{
    return QStringLiteral("schema validation error: ") + failure.message.left(MaxMessageLength);
}

QByteArray validationAnswer(const PayloadValidator::Failure &failure)
{
    QByteArray json = "{\"error\":";
    appendJsonString(&json, validationText(failure).toUtf8());
    return json + '}';
}

} // namespace IpcPrims
