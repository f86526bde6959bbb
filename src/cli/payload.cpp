// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/payload.h"

#include "cli/options.h"

#include <IpcPrims/protocol.h>

#include <QtCore/qfile.h>

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <cerrno>
#include <unistd.h>

namespace IpcPrims::Tool {

namespace {

// Judges the text only; it is sent as it was written, so no number loses a digit.
std::optional<Failure> checkJson(const QByteArray &text)
{
    // Iterative, so that nesting can't exhaust the stack.
    constexpr unsigned Flags
            = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    rapidjson::StringStream stream(text.constData());
    rapidjson::BaseReaderHandler<> ignoreValues;
    const auto result = rapidjson::Reader().Parse<Flags>(stream, ignoreValues);
    if (!result.IsError())
        return std::nullopt;
    return Failure{ExitUsage,
                   QStringLiteral("json error: the value of --json is not JSON (byte %1: %2) "
                                  "Use --data for text that isn't.")
                           .arg(result.Offset())
                           .arg(QLatin1String(rapidjson::GetParseError_En(result.Code())))};
}

Failure fileFailure(const QFile &file)
{
    // QFile reports every failure to open as the same error.
    const QByteArray path = QFile::encodeName(file.fileName());
    const bool denied = ::access(path.constData(), R_OK) == -1 && errno == EACCES;
    return {denied ? ExitPermissionDenied : ExitOther,
            QStringLiteral("cannot read \"%1\": %2").arg(file.fileName(), file.errorString())};
}

} // namespace

std::optional<Failure> readFile(const std::string &path, QByteArray *content)
{
    QFile file(QFile::decodeName(path.c_str()));
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return fileFailure(file);
    // The size of a pipe or device is unknown, so one byte more than allowed is asked for there.
    if (file.size() <= MaxPayloadSize)
        *content = file.read(MaxPayloadSize + 1);
    if (file.error() != QFileDevice::NoError)
        return fileFailure(file);
    const qint64 size = std::max(file.size(), qint64(content->size()));
    if (size > MaxPayloadSize) {
        return toFailure(Error(ErrorCode::PayloadTooLarge,
                               QStringLiteral("payload too large (%1 bytes, max %2): \"%3\"")
                                       .arg(size)
                                       .arg(MaxPayloadSize)
                                       .arg(file.fileName())));
    }
    content->squeeze();
    return std::nullopt;
}

std::optional<Failure> readPayload(const SendOptions &options, QByteArray *payload)
{
    if (options.file)
        return readFile(*options.file, payload);
    if (options.json) {
        *payload = QByteArray::fromStdString(*options.json);
        return checkJson(*payload);
    }
    if (options.data)
        *payload = QByteArray::fromStdString(*options.data);
    return std::nullopt;
}

} // namespace IpcPrims::Tool
