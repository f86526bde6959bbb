// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/command.h"

#include "cli/echocommand.h"
#include "cli/infocommand.h"
#include "cli/listcommand.h"
#include "cli/listencommand.h"
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
#    include "cli/schemacommand.h"
#endif
#include "cli/sendcommand.h"
#include "cli/standardstreams.h"

#include <cerrno>

namespace IpcPrims::Tool {

void Command::finish(int exitCode)
{
    if (m_finished)
        return;
    m_finished = true;
    Q_EMIT finished(exitCode);
}

void Command::fail(const Failure &failure)
{
    if (m_finished)
        return;
    report(failure);
    finish(failure.exitCode);
}

void Command::print(const QByteArray &result)
{
    // An interrupted write needs no answer: the signal that interrupted it ends the command.
    if (writeAll(StandardOutput, result) == WriteResult::Failed) {
        fail(Failure{ExitOther,
                     QStringLiteral("cannot write to standard output: ") + qt_error_string(errno)});
    }
}

std::unique_ptr<Command> makeCommand(const Options &options)
{
    struct Maker
    {
        OutputFormat format;

        std::unique_ptr<Command> operator()(const EchoOptions &echo) const
        {
            return std::make_unique<EchoCommand>(echo);
        }
        std::unique_ptr<Command> operator()(const ListenOptions &listen) const
        {
            return std::make_unique<ListenCommand>(listen, format);
        }
        std::unique_ptr<Command> operator()(const SendOptions &send) const
        {
            return std::make_unique<SendCommand>(send, format);
        }
        std::unique_ptr<Command> operator()(const InfoOptions &info) const
        {
            return std::make_unique<InfoCommand>(info, format);
        }
        std::unique_ptr<Command> operator()(const ListOptions &list) const
        {
            return std::make_unique<ListCommand>(list, format);
        }
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
        std::unique_ptr<Command> operator()(const SchemaCheckOptions &check) const
        {
            return std::make_unique<SchemaCheckCommand>(check, format);
        }
        std::unique_ptr<Command> operator()(const SchemaValidateOptions &validate) const
        {
            return std::make_unique<SchemaValidateCommand>(validate, format);
        }
#else
        std::unique_ptr<Command> operator()(const SchemaCheckOptions &) const
        {
            return nullptr;
        }
        std::unique_ptr<Command> operator()(const SchemaValidateOptions &) const
        {
            return nullptr;
        }
#endif
        std::unique_ptr<Command> operator()(const VersionOptions &) const
        {
            return nullptr;
        }
    };
    const auto byDefault = isTerminal(StandardOutput) ? OutputFormat::Table : OutputFormat::Json;
    return std::visit(Maker{options.format.value_or(byDefault)}, options.command);
}

} // namespace IpcPrims::Tool
