// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

// What the examples in docs/schema.md don't declare themselves.

#include <IpcPrims/SchemaRegistry>
#include <IpcPrims/Server>

extern IpcPrims::Server &server;
extern IpcPrims::Error error;
extern const QByteArray types;
extern const QByteArray command;
