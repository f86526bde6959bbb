// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    What the way of a frame costs from the call of one peer to the slot of the other, sockets
    included: both ends in this process, so that the counts don't depend on when which process runs.
    A round trip and a connection have two sides that do the same; the figure is for one of them.
*/
#include "micro/paths.h"

#include <QtCore/qtemporarydir.h>

#include <cstdio>
#include <cstdlib>

QString Bench::newSocketPath()
{
    static const QTemporaryDir folder;
    static int number = 0;
    return folder.filePath(QString::number(++number));
}

void Bench::giveUp(const QString &reason)
{
    std::fprintf(stderr, "%s\n", qPrintable(reason));
    std::exit(EXIT_FAILURE);
}

std::vector<Bench::Case> Bench::cases()
{
    std::vector<Case> all = eventLoopCases();
    // Many connections come last: Qt's dispatcher looks at places for as many ever after.
    for (const std::vector<Case> &more :
         {blockingCases(), bareCases(), crowdCases(), bareCrowdCases()})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}
