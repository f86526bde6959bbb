// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/schemaregistry.h>

#include <QtTest/qtest.h>

/// The channel that tests register their schemas for.
constexpr quint16 TestChannel = 1;

/// A registry with one schema, or a null pointer and a reason.
inline std::shared_ptr<const IpcPrims::SchemaRegistry>
registryOf(const QByteArray &schema, const IpcPrims::SchemaOptions &options = {},
           IpcPrims::Error *error = nullptr)
{
    IpcPrims::SchemaRegistryBuilder builder(options);
    const IpcPrims::Error added
            = builder.registerSchema(TestChannel, schema, QStringLiteral("test.schema.json"));
    if (error)
        *error = added;
    return added ? nullptr : builder.build(error);
}

/// Why a schema can't be used; empty if it can.
inline QString loadErrorOf(const QByteArray &schema)
{
    IpcPrims::Error error;
    registryOf(schema, {}, &error);
    return error.message();
}
