// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

/// Messages of one kind, and the schema for them.
struct SchemaWorkload
{
    const char *name;
    QByteArray schema;
    QByteArrayList messages;
    bool isValid;
};

QList<SchemaWorkload> schemaWorkloads();
