// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/schemacommand.h"

#include "cli/payload.h"
#include "cli/schematext.h"

#include <IpcPrims/schemaregistry.h>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

namespace IpcPrims::Tool {

// Most likely it is not the directory that was meant.
static SchemaLoadError noSchemas(const QString &directory)
{
    return {directory,
            {},
            QStringLiteral(
                    "no schemas in this directory; they are called channel_N.schema.json, or "
                    "command.schema.json and the like")};
}

SchemaCheckCommand::SchemaCheckCommand(const SchemaCheckOptions &options, OutputFormat format)
    : m_options(options)
    , m_format(format)
{}

void SchemaCheckCommand::start()
{
    SchemaOptions schemaOptions;
    schemaOptions.strictMode = m_options.strict;
    QList<SchemaLoadError> problems;
    SchemaRegistryBuilder files(schemaOptions);
    int fileCount = 0;
    for (const std::string &argument : m_options.paths) {
        const QString path = QFile::decodeName(argument.c_str());
        if (QFileInfo(path).isDir()) {
            // Each has schemas for channels of its own. What is wrong is among the problems.
            SchemaRegistryBuilder directory(schemaOptions);
            static_cast<void>(directory.addDirectory(path));
            for (SchemaLoadError problem : directory.problems()) {
                if (problem.source != path)
                    problem.source = QDir(path).filePath(problem.source);
                problems.append(problem);
            }
            const auto registry = directory.build();
            if (registry && registry->channels().isEmpty())
                problems.append(noSchemas(path));
            continue;
        }
        QByteArray schema;
        if (const auto failure = readFile(argument, &schema))
            return fail(*failure);
        // The files may have any name: they get a channel each.
        static_cast<void>(files.registerSchema(quint16(fileCount++), schema, path));
    }
    problems += files.problems();
    print(problemsText(problems, m_format));
    finish(problems.isEmpty() ? ExitSuccess : ExitBadData);
}

SchemaValidateCommand::SchemaValidateCommand(const SchemaValidateOptions &options,
                                             OutputFormat format)
    : m_options(options)
    , m_format(format)
{}

void SchemaValidateCommand::start()
{
    SchemaOptions schemaOptions;
    schemaOptions.strictMode = m_options.strict;
    schemaOptions.assertFormats = m_options.assertFormats;
    schemaOptions.failOnMissingSchema = true;
    schemaOptions.maxErrors = 20;
    schemaOptions.excerptLength = 40; // of a payload that is the user's own
    Error error;
    const auto registry = SchemaRegistry::fromDirectory(
            QFile::decodeName(m_options.directory.c_str()), schemaOptions, &error);
    if (!registry)
        return fail(error);

    QByteArray payload;
    const std::string file = m_options.file == "-" ? "/dev/stdin" : m_options.file;
    if (const auto failure = readFile(file, &payload))
        return fail(*failure);
    const auto failure = registry->validate(m_options.channel, payload);
    print(verdictText(failure, m_format));
    finish(failure ? ExitBadData : ExitSuccess);
}

} // namespace IpcPrims::Tool
