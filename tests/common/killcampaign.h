// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/peer.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qprocess.h>
#include <QtCore/qset.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtemporarydir.h>

/*!
    A client that sends numbered commands to a server that is killed again and again, and comes back
    each time. The server writes each command down before it acknowledges it by sending it back, so
    that in the end it can be looked up what became of them.
*/
class KillCampaign : public QObject
{
    Q_OBJECT

public:
    /// The server is \a program with \a arguments, the path of its socket and that of its journal.
    explicit KillCampaign(const QString &program, const QStringList &arguments = {});
    ~KillCampaign() override;

    /// The environment variable IPCPRIMS_KILL_CYCLES, or \a usual where it is not set. What takes
    /// longer than 5 minutes needs a QTEST_FUNCTION_TIMEOUT in milliseconds as well.
    static int cycles(int usual);

    /// Fails the test if an acknowledged command was lost, one was delivered twice, or a descriptor
    /// was left behind.
    void run(int cycles);

private:
    void startServer();
    void killServer();
    void sendCommands();
    void killAgainAndAgain(int cycles);
    void judge(int cycles) const;
    QList<int> journal() const;

    // So many are on their way at a time; the reference's promise classes take no more than 256.
    static constexpr int Window = 100;

    const QString m_program;
    const QStringList m_arguments;
    QTemporaryDir m_directory;
    QProcess m_server;
    IpcPrims::Peer m_client;
    int m_next = 0;
    int m_unanswered = 0;
    QSet<int> m_acknowledged;
};
