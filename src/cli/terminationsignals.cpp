// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/terminationsignals.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace IpcPrims::Tool {

namespace {

// A signal handler can reach nothing but globals.
int wakePipe[2] = {-1, -1};
volatile std::sig_atomic_t lastSignal = 0;

void wake(int signal)
{
    const int savedErrno = errno;
    lastSignal = signal;
    // A full pipe is as good: it is readable.
    [[maybe_unused]] const auto written = ::write(wakePipe[1], "", 1);
    errno = savedErrno;
}

int openWakePipe()
{
    if (::pipe(wakePipe) == -1)
        qFatal("cannot create the pipe that signals arrive through: errno %d", errno);
    for (const int end : wakePipe) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    return wakePipe[0];
}

void setHandler(int signal, void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
}

bool isIgnored(int signal)
{
    struct sigaction action = {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

QString signalName(int signal)
{
    switch (signal) {
    case SIGINT:
        return QStringLiteral("SIGINT");
    case SIGTERM:
        return QStringLiteral("SIGTERM");
    default:
        return QStringLiteral("SIGHUP");
    }
}

} // namespace

TerminationSignals::TerminationSignals(QObject *parent)
    : QObject(parent)
    , m_notifier(openWakePipe(), QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, [this] {
        // What was written stays in the pipe, for those who look at descriptor().
        m_notifier.setEnabled(false);
        Q_EMIT received(signalName(lastSignal));
    });
    // Shells start background jobs with SIGINT ignored, but "kill -INT" is meant; nohup, on the
    // other hand, means what it says.
    setHandler(SIGINT, wake);
    setHandler(SIGTERM, wake);
    if (!isIgnored(SIGHUP))
        setHandler(SIGHUP, wake);
}

TerminationSignals::~TerminationSignals()
{
    setHandler(SIGINT, SIG_DFL);
    setHandler(SIGTERM, SIG_DFL);
    if (!isIgnored(SIGHUP))
        setHandler(SIGHUP, SIG_DFL);
    m_notifier.setEnabled(false);
    for (int &end : wakePipe) {
        ::close(end);
        end = -1;
    }
}

int TerminationSignals::descriptor()
{
    return wakePipe[0];
}

} // namespace IpcPrims::Tool
