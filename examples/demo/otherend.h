// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/Endpoint>
#include <IpcPrims/Peer>
#include <IpcPrims/Server>

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QProcess>

namespace Demo {

/*!
    A process of our own making and our session with it. Which side serves is a matter of the role:
    a Client is started once we listen, a Server is connected to once it says "listening".
*/
class OtherEnd : public QObject
{
    Q_OBJECT

public:
    enum class Role { Client, Server };

    /// Starts nothing yet. \a arguments are to tell the process where \a endpoint is.
    OtherEnd(Role role, const IpcPrims::Endpoint &endpoint, const QString &program,
             const QStringList &arguments);
    ~OtherEnd() override;

    void start();
    /// From now on the end of the session and of the process are what we want.
    void expectEnd() { m_endExpected = true; }

    Role role() const { return m_role; }
    IpcPrims::Endpoint endpoint() const { return m_endpoint; }
    IpcPrims::Server *server() { return &m_server; }
    IpcPrims::Peer *peer() const { return m_peer; }
    qint64 processId() const { return m_process.processId(); }

Q_SIGNALS:
    void opened();
    void sessionEnded(const IpcPrims::Error &reason);
    void exited(int exitCode);
    /// The session or the process ended, or could not begin, and nobody wanted that.
    void broken(const QString &why);

private:
    void connectOnceListening();
    void adopt(IpcPrims::Peer *peer);
    void onDisconnected(const IpcPrims::Error &reason);
    void onProcessFinished(int exitCode);

    const Role m_role;
    const IpcPrims::Endpoint m_endpoint;
    IpcPrims::Server m_server;
    IpcPrims::Peer m_client;
    QPointer<IpcPrims::Peer> m_peer;
    QProcess m_process;
    bool m_endExpected = false;
};

} // namespace Demo
