// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/failure.h"
#include "cli/options.h"

#include <QtCore/qobject.h>

#include <memory>

namespace IpcPrims::Tool {

/// One run of a command that needs the event loop.
class Command : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Command)

public:
    Command() = default;

    /// To be called once, from inside the event loop.
    virtual void start() = 0;

Q_SIGNALS:
    /// Emitted once: the command is over and has left nothing behind.
    void finished(int exitCode);

protected:
    void finish(int exitCode = ExitSuccess);
    /// Tells the user and finishes.
    void fail(const Failure &failure);
    void fail(const Error &error) { fail(toFailure(error)); }
    bool isFinished() const { return m_finished; }

    /// Writes a result to standard output; where that fails, so does the command.
    void print(const QByteArray &result);

private:
    bool m_finished = false;
};

/// The command that \a options ask for; nothing for one that needs no event loop (`version`).
std::unique_ptr<Command> makeCommand(const Options &options);

} // namespace IpcPrims::Tool
