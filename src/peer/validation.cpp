// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/validation_p.h"

#include "session/strictjson_p.h"

namespace IpcPrims {

PayloadValidator::~PayloadValidator() = default;

QString validationText(const PayloadValidator::Failure &failure)
{
    return QStringLiteral("schema validation error: ") + failure.message;
}

QByteArray validationAnswer(const PayloadValidator::Failure &failure)
{
    QByteArray json = "{\"error\":";
    appendJsonString(&json, validationText(failure).toUtf8());
    return json + '}';
}

} // namespace IpcPrims
