// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/log.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace IpcPrims::Tool {

/// How results are written to standard output.
enum class OutputFormat { Json, Table, Pretty, Raw };

// Texts stay the bytes of the command line until they are used: paths and payloads need not be
// UTF-8.

struct EchoOptions
{
    std::string path;
    std::optional<QList<quint16>> channels;
    std::optional<std::string> schemaDirectory;
};

struct ListenOptions
{
    std::string path;
    std::optional<QList<quint16>> channels;
    std::optional<quint64> count;
};

struct SendOptions
{
    std::string path;
    quint16 channel = 1;
    std::optional<std::string> json;
    std::optional<std::string> data;
    std::optional<std::string> file;
    bool wait = false;
    std::chrono::milliseconds waitTimeout = std::chrono::seconds(5);
};

struct InfoOptions
{
    std::string path;
    std::chrono::milliseconds timeout = std::chrono::seconds(5);
};

struct SchemaCheckOptions
{
    std::vector<std::string> paths;
    bool strict = false;
};

struct SchemaValidateOptions
{
    std::string directory;
    quint16 channel = 1;
    std::string file;
    bool strict = false;
    bool assertFormats = false;
};

struct VersionOptions
{
    bool extended = false;
};

/// A complete, correct command line.
struct Options
{
    std::optional<OutputFormat> format; ///< Nothing: table on a terminal, else JSON.
    Log::Format logFormat = Log::Format::Text;
    Log::Level logLevel = Log::Level::Info;
    std::variant<EchoOptions, ListenOptions, SendOptions, InfoOptions, SchemaCheckOptions,
                 SchemaValidateOptions, VersionOptions>
            command;
};

} // namespace IpcPrims::Tool
