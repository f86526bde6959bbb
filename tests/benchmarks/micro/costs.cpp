// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Counts what the operations of some programs cost and compares that with the limits in a file:
    counts stay the same on a busy machine, where times say nothing.

        ipcprims-bench-costs <limits> <program>... [--update]
*/
#include "micro/callgrind.h"
#include "micro/limits.h"
#include "micro/systemcalls.h"

#include <QtCore/qcoreapplication.h>

#include <cstdio>
#include <cstdlib>

void Bench::leave(int code, const QString &reason)
{
    std::printf("%s\n", qPrintable(reason));
    std::exit(code);
}

int main(int argc, char **argv)
{
    using namespace Bench;

    const QCoreApplication app(argc, argv);
    QStringList arguments = QCoreApplication::arguments().sliced(1);
    const bool isUpdate = arguments.removeAll(QStringLiteral("--update")) > 0;
    if (arguments.size() < 2)
        leave(EXIT_FAILURE, QStringLiteral("usage: ipcprims-bench-costs <limits> <program>..."));
    const QString file = arguments.takeFirst();
    const Costs limits = isUpdate ? Costs() : readLimits(file);

    Costs costs;
    for (const QString &program : std::as_const(arguments)) {
        Costs some = countUnderCallgrind(program);
        countSystemCalls(program, &some);
        costs.merge(some);
    }
    if (isUpdate) {
        writeLimits(file, costs);
        return EXIT_SUCCESS;
    }
    return compare(costs, limits) ? EXIT_SUCCESS : EXIT_FAILURE;
}
