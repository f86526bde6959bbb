// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>
#include <QtCore/qlist.h>

#include <chrono>
#include <optional>
#include <string_view>

// How the values of options are written. Nothing is returned for what can't be meant.
namespace IpcPrims::Tool {

/// A positive decimal number of seconds ("5", "5s") or milliseconds ("200ms"), blanks around it.
std::optional<std::chrono::milliseconds> parseTime(std::string_view text);

/// As parseTime() reads it: in seconds where they come out even.
QString timeText(std::chrono::milliseconds time);

std::optional<quint16> parseChannel(std::string_view text);

/// At least one channel, comma separated, blanks around each.
std::optional<QList<quint16>> parseChannels(std::string_view text);

/// A positive decimal number.
std::optional<quint64> parseCount(std::string_view text);

} // namespace IpcPrims::Tool
