// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "plainvalijson.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

Validate plainValijsonOnQtJson(const QByteArray &text)
{
    using valijson::adapters::QtJsonAdapter;
    const QJsonValue document = QJsonDocument::fromJson(text).object();
    auto schema = std::make_shared<valijson::Schema>();
    valijson::SchemaParser().populateSchema(QtJsonAdapter(document), *schema);
    auto validator = std::make_shared<valijson::Validator>();
    return [schema, validator](const QByteArray &message) {
        const QJsonValue value = QJsonDocument::fromJson(message).object();
        return validator->validate(*schema, QtJsonAdapter(value), nullptr);
    };
}
