// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/command.h"
#include "cli/commandline.h"
#include "cli/standardstreams.h"
#include "cli/version.h"

#include <QtCore/qcoreapplication.h>

using namespace IpcPrims::Tool;

namespace {

int conclude(const Conclusion &conclusion)
{
    const bool success = conclusion.exitCode == ExitSuccess;
    const auto written = writeAll(success ? StandardOutput : StandardError, conclusion.text);
    return written == WriteResult::Written ? conclusion.exitCode : int(ExitOther);
}

int run(Command &command)
{
    QObject::connect(&command, &Command::finished, qApp, &QCoreApplication::exit,
                     Qt::QueuedConnection);
    QMetaObject::invokeMethod(&command, &Command::start, Qt::QueuedConnection);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    prepareStandardStreams();
    const auto parsed = parseCommandLine(argc, argv);
    if (const auto *conclusion = std::get_if<Conclusion>(&parsed))
        return conclude(*conclusion);
    const auto &options = std::get<Options>(parsed);
    if (const auto *version = std::get_if<VersionOptions>(&options.command)) {
        return conclude(
                {ExitSuccess, (version->extended ? extendedVersionText() : versionText()) + '\n'});
    }

    Log::setUp(options.logLevel, options.logFormat);
    // The command line has been read; Qt would look for options of its own in it.
    int programNameOnly = 1;
    QCoreApplication application(programNameOnly, argv);
    return run(*makeCommand(options));
}
