// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Plays the main job of the library on real processes and tells what it sees. Exit code: 0 if all
// went well, 1 if a part failed, 2 if something that the demo needs is missing, 64 for a wrong
// command line.

#include "askcommands.h"
#include "endsession.h"
#include "measurepings.h"
#include "opensession.h"
#include "reference.h"
#include "story.h"
#include "terminal.h"
#include "transferblock.h"
#include "turnawaybadclients.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QSysInfo>
#include <QtCore/QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace Demo;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds OverallDeadline = 30s;

/// Ends the program even if its event loop should hang. The other processes end with their session.
void startWatchdog()
{
    std::thread([] {
        std::this_thread::sleep_for(OverallDeadline);
        std::fputs("FAILED: the demo took more than 30 s.\n", stderr);
        std::_Exit(1);
    }).detach();
}

Part mainJob(const QString &title, std::unique_ptr<OtherEnd> otherEnd,
             EndSession::RequestedBy endRequestedBy)
{
    Part part;
    part.title = title;
    part.steps.push_back(std::make_unique<OpenSession>(*otherEnd));
    part.steps.push_back(std::make_unique<AskCommands>(*otherEnd, 200));
    part.steps.push_back(std::make_unique<TransferBlock>(*otherEnd, 300));
    part.steps.push_back(std::make_unique<MeasurePings>(*otherEnd, 50));
    part.steps.push_back(std::make_unique<EndSession>(*otherEnd, endRequestedBy));
    part.otherEnd = std::move(otherEnd);
    return part;
}

Part badClients(const QString &title, std::unique_ptr<OtherEnd> otherEnd)
{
    Part part;
    part.title = title;
    part.steps.push_back(std::make_unique<OpenSession>(*otherEnd));
    part.steps.push_back(std::make_unique<TurnAwayBadClients>(*otherEnd));
    part.steps.push_back(std::make_unique<EndSession>(*otherEnd, EndSession::RequestedBy::Us));
    part.otherEnd = std::move(otherEnd);
    return part;
}

std::unique_ptr<OtherEnd> helperAt(const IpcPrims::Endpoint &endpoint)
{
    const QString program = QDir(QCoreApplication::applicationDirPath())
                                    .filePath(QStringLiteral("ipcprims-demo-helper"));
    return std::make_unique<OtherEnd>(OtherEnd::Role::Client, endpoint, program,
                                      QStringList{endpoint.path()});
}

std::unique_ptr<OtherEnd> referenceAt(const IpcPrims::Endpoint &endpoint, OtherEnd::Role role,
                                      const QString &node)
{
    const QString action
            = role == OtherEnd::Role::Client ? QStringLiteral("connect") : QStringLiteral("listen");
    return std::make_unique<OtherEnd>(
            role, endpoint, node,
            QStringList{QStringLiteral(DEMO_COUNTERPART), action, endpoint.path()});
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("ipcprims-demo"));

    QCommandLineParser parser;
    parser.setApplicationDescription(
            QStringLiteral("Shows IpcPrims for Qt at work between real processes."));
    const QCommandLineOption withoutReference(
            QStringLiteral("without-reference"),
            QStringLiteral("Leave out the parts with the reference implementation."));
    parser.addOption(withoutReference);
    parser.addHelpOption();
    if (!parser.parse(app.arguments()) || !parser.positionalArguments().isEmpty()) {
        std::fprintf(stderr, "%s\n", qPrintable(parser.helpText()));
        return 64;
    }
    if (parser.isSet(QStringLiteral("help")))
        parser.showHelp();

    Reference reference;
    if (!parser.isSet(withoutReference)) {
        reference = findReference();
        if (!reference.missing.isEmpty()) {
            std::fprintf(stderr,
                         "The reference implementation can't be run: %s.\n"
                         "`./dev demo` installs it; --without-reference leaves it out.\n",
                         qPrintable(reference.missing));
            return 2;
        }
    }

    QTemporaryDir directory;
    if (!directory.isValid()) {
        std::fprintf(stderr, "No temporary directory: %s\n", qPrintable(directory.errorString()));
        return 2;
    }
    const auto endpoint
            = IpcPrims::Endpoint::fromPath(directory.filePath(QStringLiteral("demo.sock")));

    startWatchdog();
    printHeading(QStringLiteral("IpcPrims for Qt, Qt %1, %2")
                         .arg(QLatin1String(qVersion()), QSysInfo::prettyProductName()));

    Story story;
    story.add(mainJob(QStringLiteral("A Qt program serves its helper process"), helperAt(endpoint),
                      EndSession::RequestedBy::Us));
    if (!parser.isSet(withoutReference)) {
        const QString addon = QStringLiteral("the reference implementation (Node addon %1)")
                                      .arg(reference.version);
        story.add(mainJob(QStringLiteral("The same program serves %1").arg(addon),
                          referenceAt(endpoint, OtherEnd::Role::Client, reference.node),
                          EndSession::RequestedBy::Us));
        story.add(mainJob(QStringLiteral("The same program is served by %1").arg(addon),
                          referenceAt(endpoint, OtherEnd::Role::Server, reference.node),
                          EndSession::RequestedBy::OtherEnd));
    }
    story.add(badClients(QStringLiteral("Bad clients are turned away while the helper is served"),
                         helperAt(endpoint)));

    QObject::connect(&story, &Story::ended, &app,
                     [](bool allPassed) { QCoreApplication::exit(allPassed ? 0 : 1); });
    QMetaObject::invokeMethod(&story, &Story::tell, Qt::QueuedConnection);
    return app.exec();
}
