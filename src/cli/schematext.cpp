// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/schematext.h"

#include "cli/displaytext.h"
#include "cli/orderedjson.h"

namespace IpcPrims::Tool {

namespace {
QByteArray line(const QString &text)
{
    return displayText(text).toUtf8() + '\n';
}

QByteArray passOrFail(bool passes, OutputFormat format)
{
    // As `raw` prints everywhere: the one thing that matters, with nothing around it.
    const QByteArray word = passes ? "pass" : "fail";
    return format == OutputFormat::Raw ? word : "result: " + word + '\n';
}
} // namespace

QByteArray problemsText(const QList<SchemaLoadError> &problems, OutputFormat format)
{
    if (format == OutputFormat::Json) {
        OrderedJson json;
        json.beginObject();
        json.key("problems").beginArray();
        for (const SchemaLoadError &problem : problems) {
            json.beginObject();
            json.key("source").value(problem.source);
            json.key("schema_pointer").value(problem.schemaPointer);
            json.key("reason").value(problem.reason);
            json.endObject();
        }
        json.endArray();
        json.key("overall").value(problems.isEmpty() ? QStringLiteral("pass")
                                                     : QStringLiteral("fail"));
        json.endObject();
        return json.line();
    }
    QByteArray text;
    if (format != OutputFormat::Raw) {
        for (const SchemaLoadError &problem : problems)
            text += line(QStringLiteral("  [FAIL] ") + problem.toString());
    }
    return text + passOrFail(problems.isEmpty(), format);
}

QByteArray verdictText(const std::optional<PayloadValidator::Failure> &failure, OutputFormat format)
{
    const QList<ValidationError> errors = failure ? failure->errors : QList<ValidationError>();
    if (format == OutputFormat::Json) {
        OrderedJson json;
        json.beginObject();
        json.key("valid").value(!failure);
        json.key("errors").beginArray();
        for (const ValidationError &error : errors) {
            json.beginObject();
            json.key("instance_pointer").value(error.instancePointer);
            json.key("schema_pointer").value(error.schemaPointer);
            json.key("keyword").value(error.keyword);
            json.key("message").value(error.message);
            json.endObject();
        }
        json.endArray();
        json.endObject();
        return json.line();
    }
    QByteArray text;
    if (format != OutputFormat::Raw) {
        for (const ValidationError &error : errors) {
            QString problem = QStringLiteral("  [FAIL] ");
            if (!error.instancePointer.isEmpty())
                problem += error.instancePointer + QStringLiteral(": ");
            problem += error.message;
            if (!error.schemaPointer.isEmpty())
                problem += QStringLiteral(" (%1)").arg(error.schemaPointer);
            text += line(problem);
        }
    }
    return text + passOrFail(!failure, format);
}

} // namespace IpcPrims::Tool
