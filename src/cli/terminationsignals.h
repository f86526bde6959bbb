// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qsocketnotifier.h>

namespace IpcPrims::Tool {

/*!
    Turns SIGINT, SIGTERM and SIGHUP into an event, so that a server ends by the front door and
    removes its socket. One instance at a time; the signals have their usual effect again after it.
*/
class TerminationSignals : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TerminationSignals)

public:
    explicit TerminationSignals(QObject *parent = nullptr);
    ~TerminationSignals() override;

    /// Readable from the moment a signal has arrived, for good; -1 while there is no instance.
    static int descriptor();

Q_SIGNALS:
    /// Emitted once, for the first signal.
    void received(const QString &signalName);

private:
    QSocketNotifier m_notifier;
};

} // namespace IpcPrims::Tool
