// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/log.h"

#include "cli/displaytext.h"
#include "cli/orderedjson.h"
#include "cli/standardstreams.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qlogging.h>

namespace IpcPrims::Tool::Log {

namespace {

Level maximumLevel = Level::Info;
Format lineFormat = Format::Text;

QString levelName(Level level)
{
    switch (level) {
    case Level::Error:
        return QStringLiteral("ERROR");
    case Level::Warning:
        return QStringLiteral("WARN");
    case Level::Info:
        return QStringLiteral("INFO");
    case Level::Debug:
        return QStringLiteral("DEBUG");
    case Level::Trace:
        return QStringLiteral("TRACE");
    }
    Q_UNREACHABLE();
}

QByteArray textLine(const QString &time, Level level, const QString &message,
                    std::initializer_list<Field> fields)
{
    QString line = time + u' ' + levelName(level) + u' ' + displayText(message);
    for (const Field &field : fields) {
        line += u' ' + field.name + u'=';
        if (const auto *number = std::get_if<qint64>(&field.value))
            line += QString::number(*number);
        else
            line += quotedText(std::get<QString>(field.value));
    }
    return line.toUtf8() + '\n';
}

QByteArray jsonLine(const QString &time, Level level, const QString &message,
                    std::initializer_list<Field> fields)
{
    OrderedJson json;
    json.beginObject();
    json.key("timestamp").value(time);
    json.key("level").value(levelName(level));
    json.key("fields").beginObject();
    json.key("message").value(message);
    for (const Field &field : fields) {
        json.key(field.name.data());
        std::visit([&json](const auto &value) { json.value(value); }, field.value);
    }
    json.endObject();
    json.endObject();
    return json.line();
}

void writeQtMessage(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    switch (type) {
    case QtDebugMsg:
        return write(Level::Debug, message);
    case QtInfoMsg:
        return write(Level::Info, message);
    case QtWarningMsg:
        return write(Level::Warning, message);
    case QtCriticalMsg:
    case QtFatalMsg:
        return write(Level::Error, message);
    }
}

} // namespace

void setUp(Level level, Format format)
{
    maximumLevel = level;
    lineFormat = format;
    qInstallMessageHandler(writeQtMessage);
}

void write(Level level, const QString &message, std::initializer_list<Field> fields)
{
    if (level > maximumLevel)
        return;
    const QString time = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs);
    // There is nobody left to tell when standard error fails.
    (void)writeAll(StandardError, lineFormat == Format::Json
                                          ? jsonLine(time, level, message, fields)
                                          : textLine(time, level, message, fields));
}

} // namespace IpcPrims::Tool::Log
