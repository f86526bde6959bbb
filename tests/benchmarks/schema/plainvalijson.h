// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

#include <functional>

// valijson as it comes, with one of its own adapters: what a program has without this library.
// Each function gives one that parses and validates a message, as often as it is called. In files
// of their own, since an adapter's header redefines macros of the parser.

using Validate = std::function<bool(const QByteArray &message)>;

Validate plainValijsonOnRapidJson(const QByteArray &schema);
Validate plainValijsonOnQtJson(const QByteArray &schema);
