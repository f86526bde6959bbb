// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/schemaregistry.h>

#include "schema/json/shorttext_p.h"
#include "schema/load/metaschemas_p.h"
#include "schema/load/uri_p.h"
#include "schema/registry/logging_p.h"
#include "schema/registry/schemafiles_p.h"
#include "schema/registry/schemaregistry_p.h"

#include <QtCore/qfileinfo.h>

#include <algorithm>
#include <utility>

namespace IpcPrims {

using namespace JsonSchema;

Error SchemaRegistryBuilderPrivate::fail(const SchemaLoadError &problem)
{
    loadProblems.append(problem);
    return Error(ErrorCode::InvalidSchema,
                 QStringLiteral("failed to load schema: %1").arg(problem.toString()));
}

Error SchemaRegistryBuilderPrivate::add(Entry entry)
{
    Document document;
    if (entry.json.size() > options.maxFileSize)
        return fail(
                {entry.label, {}, QStringLiteral("larger than %1 bytes").arg(options.maxFileSize)});
    if (!document.parse(entry.json))
        return fail({entry.label,
                     {},
                     QStringLiteral("not valid JSON: %1").arg(document.errorString())});
    if (!document.root().isObject() && !document.root().isBoolean())
        return fail({entry.label, {}, QStringLiteral("neither an object nor a boolean")});
    // The URI stands for the channel as well: a later schema replaces an earlier one.
    if (std::erase_if(entries, [&](const Entry &other) { return other.uri == entry.uri; }) > 0)
        qCInfo(lcSchema).noquote()
                << entry.label << "replaces an earlier schema of the same channel";
    entries.push_back(std::move(entry));
    return {};
}

std::unique_ptr<SchemaRegistryPrivate> SchemaRegistryBuilderPrivate::index() const
{
    auto registry = std::make_unique<SchemaRegistryPrivate>(options);
    addMetaschemas(&registry->index);
    for (const Entry &entry : entries) {
        auto source = std::make_unique<Source>();
        source->label = entry.label;
        source->uri = entry.uri;
        source->text = entry.json;
        source->isStrict = options.strictMode && entry.channel;
        source->document.parse(source->text);
        if (entry.channel)
            registry->sources.emplace_back(*entry.channel, source.get());
        registry->index.add(std::move(source));
    }
    registry->index.index();
    return registry;
}

std::optional<SchemaLoadError>
SchemaRegistryBuilderPrivate::compile(SchemaRegistryPrivate *registry, const Sources &sources)
{
    registry->program = Program();
    Compiler compiler(registry->index, registry->program, registry->options.assertFormats);
    for (const auto &[channel, source] : sources)
        registry->schemas.insert(channel, compiler.compileSource(*source));
    const std::optional<LoadProblem> found = compiler.finish();
    return found ? std::optional(SchemaLoadError{found->label, found->pointer, found->reason})
                 : std::nullopt;
}

SchemaRegistryBuilder::SchemaRegistryBuilder(const SchemaOptions &options)
    : d(new SchemaRegistryBuilderPrivate{options, {}, {}})
{}

SchemaRegistryBuilder::~SchemaRegistryBuilder() = default;

Error SchemaRegistryBuilder::registerSchema(quint16 channel, const QByteArray &json,
                                            const QString &name)
{
    const std::string uri = "urn:ipcprims:schema:" + std::to_string(channel);
    const QString label
            = name.isEmpty() ? QStringLiteral("schema of channel %1").arg(channel) : name;
    return d->add({label, uri, json, channel});
}

Error SchemaRegistryBuilder::addResource(const QString &uri, const QByteArray &json)
{
    const std::string text = uri.toStdString();
    if (text.size() > LongestUri) {
        return d->fail({shortText(uri, 100),
                        {},
                        QStringLiteral("the URI has more than %1 bytes").arg(LongestUri)});
    }
    return d->add({uri, std::string(splitFragment(text).uri), json, std::nullopt});
}

Error SchemaRegistryBuilder::addDirectory(const QString &path)
{
    SchemaLoadError problem;
    const QList<SchemaFile> files = listSchemaFiles(path, d->options.maxFiles, &problem);
    if (!problem.reason.isEmpty())
        return d->fail(problem);
    Error first;
    qint64 bytesLeft = d->options.maxDirectorySize;
    for (const SchemaFile &file : files) {
        const QByteArray json = readSchemaFile(file.path, d->options.maxFileSize, &problem);
        bytesLeft -= json.size();
        if (bytesLeft < 0) { // Nothing more is read.
            return d->fail({path,
                            {},
                            QStringLiteral("the schema files have more than %1 bytes together")
                                    .arg(d->options.maxDirectorySize)});
        }
        const Error error
                = problem.reason.isEmpty()
                          ? registerSchema(file.channel, json, QFileInfo(file.path).fileName())
                          : d->fail(std::exchange(problem, {}));
        if (!first)
            first = error;
    }
    return first;
}

Error SchemaRegistryBuilder::addFile(const QString &path)
{
    const QString name = QFileInfo(path).fileName();
    const int channel = channelOfFileName(name);
    if (channel < 0)
        return d->fail({name,
                        {},
                        QStringLiteral("unknown name: expected channel_N.schema.json, or control, "
                                       "command, data, telemetry or error")});
    SchemaLoadError problem;
    const QByteArray json = readSchemaFile(path, d->options.maxFileSize, &problem);
    if (!problem.reason.isEmpty())
        return d->fail(problem);
    return registerSchema(quint16(channel), json, name);
}

std::shared_ptr<const SchemaRegistry> SchemaRegistryBuilder::build(Error *error) const
{
    auto registry = d->index();
    const auto problem = d->compile(registry.get(), registry->sources);
    if (error)
        *error = problem ? Error(
                         ErrorCode::InvalidSchema,
                         QStringLiteral("failed to compile schema: %1").arg(problem->toString()))
                         : Error();
    if (problem)
        return nullptr;
    return std::shared_ptr<const SchemaRegistry>(new SchemaRegistry(std::move(registry)));
}

QList<SchemaLoadError> SchemaRegistryBuilder::problems() const
{
    QList<SchemaLoadError> problems = d->loadProblems;
    const auto add = [&problems](const SchemaLoadError &problem) {
        const auto isSame = [&](const SchemaLoadError &known) {
            return known.toString() == problem.toString();
        };
        if (std::none_of(problems.begin(), problems.end(), isSame))
            problems.append(problem);
    };
    const auto registry = d->index();
    // Each by itself only if there is something to find.
    if (d->compile(registry.get(), registry->sources)) {
        for (const auto &source : registry->sources) {
            if (const auto problem = d->compile(registry.get(), {source}))
                add(*problem);
        }
    }
    // Also of what nothing refers to.
    for (const LoadProblem &problem : registry->index.problems())
        add({problem.label, problem.pointer, problem.reason});
    return problems;
}

} // namespace IpcPrims
