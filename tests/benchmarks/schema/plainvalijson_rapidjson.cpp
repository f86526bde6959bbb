// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "plainvalijson.h"

#include <valijson/adapters/rapidjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

Validate plainValijsonOnRapidJson(const QByteArray &text)
{
    using valijson::adapters::RapidJsonAdapter;
    rapidjson::Document document;
    document.Parse(text.constData(), size_t(text.size()));
    auto schema = std::make_shared<valijson::Schema>();
    valijson::SchemaParser().populateSchema(RapidJsonAdapter(document), *schema);
    auto validator = std::make_shared<valijson::Validator>();
    return [schema, validator](const QByteArray &message) {
        rapidjson::Document value;
        value.Parse(message.constData(), size_t(message.size()));
        return !value.HasParseError()
               && validator->validate(*schema, RapidJsonAdapter(value), nullptr);
    };
}
