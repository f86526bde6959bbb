// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/schemaregistry.h>

#include "schema/engine/explanation_p.h"
#include "schema/json/shorttext_p.h"
#include "schema/registry/schemaregistry_p.h"

#include <QtCore/qscopeguard.h>
#include <QtCore/qstringbuilder.h>

#include <utility>

namespace IpcPrims {

using namespace JsonSchema;

namespace {
// Grows to what the messages of a thread need, and is then used for one after the other.
struct ThreadMemory
{
    Document document;
    Workspace workspace;
};

ThreadMemory &threadMemory()
{
    static thread_local ThreadMemory memory;
    return memory;
}

// An error that no place in the payload is to blame for.
ValidationError generalError(const QString &message)
{
    return {{}, {}, {}, message};
}

PayloadValidator::Failure failure(quint16 channel, const QList<ValidationError> &errors)
{
    constexpr qsizetype usualLength = 64; // Of the beginning, and of what each error says.
    QString text;
    text.reserve(usualLength * (errors.size() + 1));
    text += u"validation failed on channel " % QString::number(channel);
    QLatin1String separator(": ");
    for (const ValidationError &error : errors) {
        text += separator;
        if (!error.instancePointer.isEmpty())
            text += error.instancePointer % u": ";
        text += error.message;
        separator = QLatin1String("; ");
    }
    return {text, errors};
}

PayloadValidator::Failure failure(const QString &message)
{
    return {message, {generalError(message)}};
}
} // namespace

QString SchemaLoadError::toString() const
{
    // A file is named by whoever may write to its directory.
    constexpr qsizetype longestSource = 4096;
    const QString shownSource = shortText(source, longestSource);
    return schemaPointer.isEmpty()
                   ? QStringLiteral("%1: %2").arg(shownSource, reason)
                   : QStringLiteral("%1: at %2: %3").arg(shownSource, schemaPointer, reason);
}

std::optional<PayloadValidator::Failure>
SchemaRegistryPrivate::validate(quint16 channel, QByteArrayView payload) const
{
    const Schema *schema = schemas.value(channel);
    if (!schema) {
        if (!options.failOnMissingSchema)
            return std::nullopt;
        return failure(QStringLiteral("no schema registered for channel %1").arg(channel));
    }
    ThreadMemory &memory = threadMemory();
    const auto trim = qScopeGuard([&memory] {
        memory.document.clear();
        memory.workspace.trim();
    });
    if (!memory.document.parse(payload)) {
        return failure(
                QStringLiteral("payload is not valid JSON: %1").arg(memory.document.errorString()));
    }
    return judge(channel, *schema, memory.document, memory.workspace);
}

// In two passes: nearly all messages are good, and those need no explanation.
std::optional<PayloadValidator::Failure> SchemaRegistryPrivate::judge(quint16 channel,
                                                                      const Schema &schema,
                                                                      const Document &document,
                                                                      Workspace &workspace) const
{
    const Value &message = document.root();
    Evaluation evaluation(workspace, Evaluation::allowance(document.weight()), program.tracksScope);
    const Evaluation::Verdict verdict = evaluation.run(schema, message);
    if (verdict == Evaluation::Verdict::Valid)
        return std::nullopt;
    if (verdict == Evaluation::Verdict::GivenUp)
        return failure(channel, {generalError(QLatin1String(evaluation.reason()))});

    std::vector<Issue> issues;
    // Finding out has taken its part of what the message may cost.
    Evaluation second(workspace, std::max(evaluation.stepsLeft(), Evaluation::allowance(0)),
                      program.tracksScope);
    const auto maxIssues = std::size_t(std::max(options.maxErrors, 1));
    second.explain(schema, message, maxIssues, &issues);
    QList<ValidationError> errors = explain(issues, message, options.excerptLength);
    if (second.reason() && issues.size() < maxIssues) // so there may be more of them
        errors.append(generalError(QLatin1String(second.reason())));
    return failure(channel, errors);
}

SchemaRegistry::SchemaRegistry(std::unique_ptr<SchemaRegistryPrivate> registry)
    : d(std::move(registry))
{}

SchemaRegistry::~SchemaRegistry() = default;

std::shared_ptr<const SchemaRegistry>
SchemaRegistry::fromDirectory(const QString &path, const SchemaOptions &options, Error *error)
{
    SchemaRegistryBuilder builder(options);
    const Error added = builder.addDirectory(path);
    if (error)
        *error = added;
    return added ? nullptr : builder.build(error);
}

SchemaOptions SchemaRegistry::options() const
{
    return d->options;
}

QList<quint16> SchemaRegistry::channels() const
{
    return d->schemas.keys();
}

bool SchemaRegistry::hasSchema(quint16 channel) const
{
    return d->schemas.contains(channel);
}

std::optional<PayloadValidator::Failure> SchemaRegistry::validate(quint16 channel,
                                                                  QByteArrayView payload) const
{
    return d->validate(channel, payload);
}

std::optional<PayloadValidator::Failure>
SchemaRegistry::check(quint16 channel, QByteArrayView payload, Direction direction) const
{
    const bool isWanted = direction == Direction::Send ? d->options.validateOnSend
                                                       : d->options.validateOnReceive;
    return isWanted ? d->validate(channel, payload) : std::nullopt;
}

} // namespace IpcPrims
