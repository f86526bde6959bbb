// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

#include <initializer_list>
#include <variant>

/// Diagnostics on standard error; results go to standard output and never through here.
namespace IpcPrims::Tool::Log {

enum class Level { Error, Warning, Info, Debug, Trace };
enum class Format { Text, Json };

struct Field
{
    QLatin1String name;
    std::variant<qint64, QString> value;
};

/// Also takes over what Qt and the library log, so that every line has the same form.
void setUp(Level level, Format format);

void write(Level level, const QString &message, std::initializer_list<Field> fields = {});

} // namespace IpcPrims::Tool::Log
