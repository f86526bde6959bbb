// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qprocess.h>
#include <QtCore/qstringlist.h>

struct ToolResult
{
    int exitCode = -1; ///< -1 if it crashed or did not end.
    QByteArray output;
    QByteArray errors;
};

/*!
    The `ipcprims` executable in a process of its own. Waiting runs the event loop, so that the
    other end of the tool's connection may live in the test; nothing waits for longer than 30 s.
*/
class ToolProcess
{
public:
    explicit ToolProcess(const QStringList &arguments);
    ~ToolProcess();
    Q_DISABLE_COPY_MOVE(ToolProcess)

    /// Runs to the end.
    static ToolResult run(const QStringList &arguments);

    // Before start()
    void setOutputFile(const QString &path) { m_process.setStandardOutputFile(path); }
    /// Runs as somebody whom access rights apply to.
    void setUnprivileged();

    void start();
    /// Starts a server and waits until it listens.
    bool startListening();

    bool waitForOutput(const QByteArray &text);
    bool waitForErrors(const QByteArray &text);
    ToolResult waitForEnd();

    qint64 processId() const { return m_process.processId(); }
    bool isRunning() const { return m_process.state() == QProcess::Running; }
    void sendSignal(int signal);

    QByteArray output() const { return m_output; }
    QByteArray errors() const { return m_errors; }

private:
    QProcess m_process;
    QStringList m_arguments;
    QByteArray m_output;
    QByteArray m_errors;
};
