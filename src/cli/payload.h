// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/failure.h"

#include <QtCore/qbytearray.h>

#include <optional>

namespace IpcPrims::Tool {

struct SendOptions;

/// What `send` sends, from whichever option says so; empty without one.
std::optional<Failure> readPayload(const SendOptions &options, QByteArray *payload);

} // namespace IpcPrims::Tool
