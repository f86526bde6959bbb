// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/servercommand.h"

#include "cli/log.h"

#include <IpcPrims/peer.h>

#include <QtCore/qtimer.h>

using namespace std::chrono_literals;

namespace IpcPrims::Tool {

namespace {

// How long a stopping server waits for its clients to agree.
constexpr auto GracePeriod = 500ms;

QString listText(const QList<quint16> &channels)
{
    QStringList numbers;
    for (const quint16 channel : channels)
        numbers += QString::number(channel);
    return numbers.join(u',');
}

void logEndOfSession(const QString &peerId, const Error &reason)
{
    const QLatin1String peer("peer");
    // If it left without waiting for the end, that harms nobody.
    const bool hasLeft = reason.code() == ErrorCode::Disconnected
                         || reason.code() == ErrorCode::ShutdownFailed;
    if (reason.isOrderlyEnd() || hasLeft)
        Log::write(Log::Level::Info, QStringLiteral("client disconnected"), {{peer, peerId}});
    else
        Log::write(Log::Level::Warning, QStringLiteral("client dropped"),
                   {{peer, peerId}, {QLatin1String("reason"), toFailure(reason).text}});
}

void logProblem(const QString &message, const Error &reason)
{
    Log::write(Log::Level::Warning, message, {{QLatin1String("reason"), toFailure(reason).text}});
}

} // namespace

ServerCommand::ServerCommand(const Endpoint &endpoint, const QList<quint16> &channels)
    : m_endpoint(endpoint)
{
    m_server.setChannels(channels);
    connect(&m_server, &Server::peerConnected, this, &ServerCommand::welcome);
    connect(&m_server, &Server::handshakeFailed, this,
            [](const Error &reason) { logProblem(QStringLiteral("client turned away"), reason); });
    connect(&m_server, &Server::acceptError, this, [](const Error &error) {
        logProblem(QStringLiteral("cannot accept clients for now"), error);
    });
    connect(&m_signals, &TerminationSignals::received, this, [this](const QString &signalName) {
        Log::write(Log::Level::Info, QStringLiteral("stopping"),
                   {{QLatin1String("signal"), signalName}});
        stop();
    });
}

void ServerCommand::validate(std::shared_ptr<const PayloadValidator> validator)
{
    m_server.setValidator(std::move(validator));
    m_server.setAnswersValidationErrors(true);
}

void ServerCommand::start()
{
    if (const Error error = m_server.listen(m_endpoint))
        return fail(error);
    Log::write(Log::Level::Info, QStringLiteral("listening on unix domain socket"),
               {{QLatin1String("path"), m_endpoint.path()}});
}

void ServerCommand::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    m_server.close();
    if (m_openSessions == 0)
        return completeAndFinish();
    for (Peer *peer : m_server.peers())
        peer->close(QStringLiteral("the server is stopping"));
    QTimer::singleShot(GracePeriod, this, &ServerCommand::completeAndFinish);
}

void ServerCommand::completeAndFinish()
{
    if (isFinished())
        return;
    complete();
    finish();
}

void ServerCommand::welcome(Peer *peer)
{
    const QString peerId = peer->peerId();
    const QString message = QStringLiteral("client connected");
    const Log::Field id = {QLatin1String("peer"), peerId};
    const Log::Field channels = {QLatin1String("channels"), listText(peer->channels())};
    if (peer->peerName().isEmpty())
        Log::write(Log::Level::Info, message, {id, channels});
    else
        Log::write(Log::Level::Info, message,
                   {id, {QLatin1String("name"), peer->peerName()}, channels});
    ++m_openSessions;
    connect(peer, &Peer::disconnected, this, [this, peerId](const Error &reason) {
        logEndOfSession(peerId, reason);
        endOfSession();
    });
    serve(peer);
}

void ServerCommand::endOfSession()
{
    if (--m_openSessions == 0 && m_isStopping)
        completeAndFinish();
}

} // namespace IpcPrims::Tool
