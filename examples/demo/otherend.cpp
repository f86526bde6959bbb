// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "otherend.h"

namespace Demo {

using namespace IpcPrims;

OtherEnd::OtherEnd(Role role, const Endpoint &endpoint, const QString &program,
                   const QStringList &arguments)
    : m_role(role)
    , m_endpoint(endpoint)
{
    m_process.setProgram(program);
    m_process.setArguments(arguments);
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    connect(&m_process, &QProcess::finished, this, &OtherEnd::onProcessFinished);
    connect(&m_process, &QProcess::readyRead, this, &OtherEnd::connectOnceListening);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            Q_EMIT broken(QStringLiteral("cannot start %1: %2")
                                  .arg(m_process.program(), m_process.errorString()));
    });

    // The first client should be the process; whether it is will be checked. Others have no
    // business here, and part of the demo is to show that they don't get this far.
    connect(&m_server, &Server::peerConnected, this, &OtherEnd::adopt, Qt::SingleShotConnection);
    connect(&m_server, &Server::handshakeFailed, this, [this](const Error &reason) {
        if (!m_peer)
            Q_EMIT broken(QStringLiteral("the handshake failed: %1").arg(reason.message()));
    });
    connect(&m_client, &Peer::connected, this, [this] { adopt(&m_client); });
    connect(&m_client, &Peer::disconnected, this, &OtherEnd::onDisconnected);
}

OtherEnd::~OtherEnd()
{
    // What happens from here on is of no interest to anybody.
    m_process.disconnect(this);
    m_client.disconnect(this);
    m_process.kill();
    m_process.waitForFinished();
}

void OtherEnd::start()
{
    if (m_role == Role::Client) {
        if (const Error error = m_server.listen(m_endpoint)) {
            Q_EMIT broken(error.message());
            return;
        }
    }
    m_process.start();
}

void OtherEnd::connectOnceListening()
{
    if (m_role == Role::Server && m_process.canReadLine()
        && m_process.readLine().trimmed() == "listening")
        m_client.connectToServer(m_endpoint);
}

void OtherEnd::adopt(Peer *peer)
{
    m_peer = peer;
    if (peer != &m_client)
        connect(peer, &Peer::disconnected, this, &OtherEnd::onDisconnected);
    Q_EMIT opened();
}

void OtherEnd::onDisconnected(const Error &reason)
{
    Q_EMIT sessionEnded(reason);
    if (!m_endExpected)
        Q_EMIT broken(QStringLiteral("the session ended: %1").arg(reason.message()));
}

void OtherEnd::onProcessFinished(int exitCode)
{
    Q_EMIT exited(exitCode);
    if (!m_endExpected)
        Q_EMIT broken(QStringLiteral("the process ended with exit code %1").arg(exitCode));
}

} // namespace Demo
