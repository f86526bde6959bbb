// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/log.h"

#include <IpcPrims/endpoint.h>

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

// Payloads and names of files stay the bytes of the command line until they are used: they need not
// be UTF-8.

struct EchoOptions
{
    Endpoint endpoint;
    std::optional<QList<quint16>> channels;
    std::optional<std::string> schemaDirectory;
};

struct ListenOptions
{
    Endpoint endpoint;
    std::optional<QList<quint16>> channels;
    std::optional<quint64> count;
};

struct SendOptions
{
    Endpoint endpoint;
    quint16 channel = 1;
    std::optional<std::string> json;
    std::optional<std::string> data;
    std::optional<std::string> file;
    bool wait = false;
    std::chrono::milliseconds waitTimeout = std::chrono::seconds(5);
};

struct InfoOptions
{
    Endpoint endpoint;
    std::chrono::milliseconds timeout = std::chrono::seconds(5);
};

struct ListOptions
{
    std::optional<std::string> directory; ///< Nothing: the services of this user.
    bool json = false; ///< As OutputFormat::Json.
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
    std::variant<EchoOptions, ListenOptions, SendOptions, InfoOptions, ListOptions,
                 SchemaCheckOptions, SchemaValidateOptions, VersionOptions>
            command;
};

} // namespace IpcPrims::Tool
