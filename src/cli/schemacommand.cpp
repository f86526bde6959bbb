// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/schemacommand.h"

#include "cli/payload.h"
#include "cli/schematext.h"

#include <IpcPrims/schemaregistry.h>

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

namespace IpcPrims::Tool {

static constexpr quint16 LargestChannel = 65535;

SchemaCheckCommand::SchemaCheckCommand(const SchemaCheckOptions &options, OutputFormat format)
    : m_options(options)
    , m_format(format)
{}

void SchemaCheckCommand::start()
{
    SchemaOptions schemaOptions;
    schemaOptions.strictMode = m_options.strict;
    SchemaRegistryBuilder builder(schemaOptions);
    quint16 number = 0;
    for (const std::string &argument : m_options.paths) {
        const QString path = QFile::decodeName(argument.c_str());
        if (QFileInfo(path).isDir()) {
            // What is wrong is among the problems.
            static_cast<void>(builder.addDirectory(path));
            continue;
        }
        QByteArray schema;
        if (const auto failure = readFile(argument, &schema))
            return fail(*failure);
        // Files may have any name here. Channels of a directory have small numbers as a rule.
        static_cast<void>(builder.registerSchema(quint16(LargestChannel - number++), schema, path));
    }
    const QList<SchemaLoadError> problems = builder.problems();
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
