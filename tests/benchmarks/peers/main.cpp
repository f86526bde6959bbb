// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    The process of one side:

        <program> server <variant> <workload> <socket>
        <program> client <variant> <workload> <socket> <milliseconds> <process id of the server>

    A server prints a line when it listens, a client its figures as JSON.
*/
#include "peers/measure.h"
#include "peers/peer.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

using namespace Bench;

// Before there are threads, which inherit it.
static void pin(Placement placement, bool isServer)
{
    cpu_set_t allowed;
    if (placement == Placement::Free || ::sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
        return;
    int first = -1;
    int last = -1;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        last = cpu;
        if (first < 0)
            first = cpu;
    }
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    CPU_SET(placement == Placement::Split && isServer ? first : last, &wanted);
    ::sched_setaffinity(0, sizeof(wanted), &wanted);
}

static void allowManyDescriptors()
{
    rlimit limit = {};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

static void print(const QByteArray &line)
{
    std::fprintf(stdout, "%s\n", line.constData());
    std::fflush(stdout);
}

int main(int argc, char **argv)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // Never outlive the harness.
    allowManyDescriptors();
    if (argc < 5)
        fail(QStringLiteral("to be started by the harness"));
    const bool isServer = qstrcmp(argv[1], "server") == 0;
    const Workload *const workload = Workload::find(QString::fromLocal8Bit(argv[3]));
    verify(workload, "unknown workload");
    pin(workload->placement, isServer);

    QCoreApplication app(argc, argv);
    if (const QByteArray dispatcher = qgetenv("IPCPRIMS_BENCH_DISPATCHER"); !dispatcher.isEmpty()) {
        verify(QAbstractEventDispatcher::instance()->inherits(dispatcher.constData()),
               "Qt uses another event dispatcher");
    }
    const QStringList arguments = QCoreApplication::arguments();
    const Setup setup = {arguments.at(2), *workload, arguments.at(4)};
    if (isServer) {
        const std::unique_ptr<Server> server = makeServer(setup);
        server->listen();
        print("listening");
        server->run();
    } else {
        const std::unique_ptr<Client> client = makeClient(setup);
        const std::chrono::milliseconds duration(arguments.value(5).toInt());
        const qint64 serverProcess = arguments.value(6).toLongLong();
        print(QJsonDocument(measure(*client, setup, serverProcess, duration))
                      .toJson(QJsonDocument::Compact));
    }
    std::_Exit(EXIT_SUCCESS); // Closing a thousand connections in order is not what is measured.
}
