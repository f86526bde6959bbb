// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "toolprocess.h"

#include <QtTest/qtestsystem.h>

#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {
constexpr int PatienceMs = 30000;
constexpr uid_t Nobody = 65534;
} // namespace

ToolProcess::ToolProcess(const QStringList &arguments)
    : m_arguments(arguments)
{
    QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_process,
                     [this] { m_output += m_process.readAllStandardOutput(); });
    QObject::connect(&m_process, &QProcess::readyReadStandardError, &m_process,
                     [this] { m_errors += m_process.readAllStandardError(); });
}

ToolProcess::~ToolProcess()
{
    m_process.kill();
    m_process.waitForFinished();
}

ToolResult ToolProcess::run(const QStringList &arguments)
{
    ToolProcess tool(arguments);
    tool.start();
    return tool.waitForEnd();
}

void ToolProcess::setUnprivileged()
{
    if (::geteuid() != 0)
        return;
    m_process.setChildProcessModifier([] {
        if (::setgid(Nobody) != 0 || ::setuid(Nobody) != 0)
            ::_exit(99);
    });
}

void ToolProcess::start()
{
    m_process.start(QStringLiteral(IPCPRIMS_TOOL), m_arguments);
    m_process.waitForStarted(PatienceMs);
}

bool ToolProcess::startListening()
{
    start();
    return waitForErrors("listening on unix domain socket");
}

bool ToolProcess::waitForOutput(const QByteArray &text)
{
    return QTest::qWaitFor([&] { return m_output.contains(text); }, PatienceMs);
}

bool ToolProcess::waitForErrors(const QByteArray &text)
{
    return QTest::qWaitFor([&] { return m_errors.contains(text); }, PatienceMs);
}

ToolResult ToolProcess::waitForEnd()
{
    const bool ended
            = QTest::qWaitFor([&] { return m_process.state() == QProcess::NotRunning; }, PatienceMs)
              && m_process.error() != QProcess::FailedToStart
              && m_process.exitStatus() == QProcess::NormalExit;
    return {ended ? m_process.exitCode() : -1, m_output, m_errors};
}

void ToolProcess::sendSignal(int signal)
{
    ::kill(pid_t(m_process.processId()), signal);
}
