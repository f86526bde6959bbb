// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/failure.h"

#include <QtCore/qbytearray.h>

#include <optional>
#include <string>

namespace IpcPrims::Tool {

struct SendOptions;

/// The content of a file or pipe, which has to fit a frame.
std::optional<Failure> readFile(const std::string &path, QByteArray *content);

/// What `send` sends, from whichever option says so; empty without one.
std::optional<Failure> readPayload(const SendOptions &options, QByteArray *payload);

} // namespace IpcPrims::Tool
