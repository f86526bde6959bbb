// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Runs the cases of a program:

        <program>                   prints nanoseconds for each
        <program> --count           prints their allocations and the size of their payloads; under
                                    callgrind each case gets a dump, named after it and after how
                                    often it was done
        <program> --run NAME TIMES  runs one case's batch so often, for a count of its system calls,
                                    and prints how often the case was done

    With --plant and "copy", "allocation" or "call" in front, each operation does one of these more:
    that has to be found.
*/
#include "micro/case.h"
#include "micro/plant.h"

#include "allocations.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qelapsedtimer.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#if __has_include(<valgrind/callgrind.h>)
#    include <valgrind/callgrind.h>
#else // Then the check is skipped, as it needs the program, too.
#    define CALLGRIND_ZERO_STATS
#    define CALLGRIND_TOGGLE_COLLECT
#    define CALLGRIND_DUMP_STATS_AT(name) Q_UNUSED(name)
#endif

namespace Bench {

void Meter::start()
{
    m_atStart = ::allocations();
    CALLGRIND_TOGGLE_COLLECT;
}

void Meter::stop()
{
    CALLGRIND_TOGGLE_COLLECT;
    m_allocations += ::allocations() - m_atStart;
}

namespace {

Plant plant = Plant::None;

/// A case that is prepared.
struct Running
{
    explicit Running(const Case &one)
        : payloadSize(one.payloadSize)
        , batch(one.prepare())
    {}
    const qsizetype payloadSize;
    const Batch batch;
};

qsizetype repeat(const Running &one, int times, Meter *meter)
{
    qsizetype done = 0;
    for (int i = 0; i < times; ++i) {
        const qsizetype operations = one.batch(*meter);
        done += operations;
        if (plant == Plant::None)
            continue;
        meter->start();
        for (qsizetype j = 0; j < operations; ++j)
            doPlanted(plant, one.payloadSize);
        meter->stop();
    }
    return done;
}

void printNanoseconds(const Case &one)
{
    const Running running(one);
    QElapsedTimer timer;
    double best = 0;
    for (int round = 0; round < 9; ++round) {
        Meter meter;
        timer.start();
        const qsizetype done = repeat(running, 20, &meter);
        const double each = double(timer.nsecsElapsed()) / double(done);
        best = round == 0 ? each : std::min(best, each);
    }
    std::printf("%-28s%12.1f ns\n", one.name, best);
}

void count(const Case &one)
{
    const Running running(one);
    Meter warmUp;
    repeat(running, 2, &warmUp);
    CALLGRIND_ZERO_STATS;
    Meter meter;
    const qsizetype done = repeat(running, 5, &meter);
    const QByteArray name = QByteArray(one.name) + ' ' + QByteArray::number(done);
    CALLGRIND_DUMP_STATS_AT(name.constData());
    std::printf("%s %f %lld\n", one.name, double(meter.allocations()) / double(done),
                static_cast<long long>(one.payloadSize));
}

int runOne(const std::vector<Case> &all, const char *name, int times)
{
    const auto one = std::find_if(all.begin(), all.end(), [name](const Case &candidate) {
        return qstrcmp(candidate.name, name) == 0;
    });
    if (one == all.end()) {
        std::fprintf(stderr, "no such case: %s\n", name);
        return EXIT_FAILURE;
    }
    Meter meter;
    std::printf("%lld\n", static_cast<long long>(repeat(Running(*one), times, &meter)));
    return EXIT_SUCCESS;
}

} // namespace
} // namespace Bench

int main(int argc, char **argv)
{
    using namespace Bench;

    qputenv("QT_NO_GLIB", "1"); // Qt's own event loop, wherever this runs.
    qputenv("QT_HASH_SEED", "0"); // The order in which it looks at sockets is the same each time.
    const QCoreApplication app(argc, argv);
    if (argc > 2 && qstrcmp(argv[1], "--plant") == 0) {
        plant = plantNamed(argv[2]);
        argc -= 2;
        argv += 2;
    }
    const std::vector<Case> all = cases();
    if (argc > 3 && qstrcmp(argv[1], "--run") == 0)
        return runOne(all, argv[2], std::atoi(argv[3]));
    const bool isCounting = argc > 1 && qstrcmp(argv[1], "--count") == 0;
    for (const Case &one : all) {
        if (isCounting)
            count(one);
        else
            printNanoseconds(one);
    }
    return EXIT_SUCCESS;
}
