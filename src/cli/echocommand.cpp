// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/echocommand.h"

#include "cli/log.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/protocol.h>

#include <optional>

namespace IpcPrims::Tool {

namespace {

struct Frame
{
    quint16 channel;
    QByteArray payload;
};

/*!
    Echoes to one client at the client's pace: while it doesn't read its echoes, nothing more is
    received from it. The one frame that found the send queue full waits here.
*/
class EchoSession : public QObject
{
public:
    explicit EchoSession(Peer *peer)
        : QObject(peer)
        , m_peer(peer)
    {
        connect(peer, &Peer::frameReceived, this, &EchoSession::echo);
        connect(peer, &Peer::readyToSend, this, &EchoSession::resume);
    }

private:
    void echo(quint16 channel, const QByteArray &payload)
    {
        const Error error = m_peer->send(channel, payload);
        if (error.code() == ErrorCode::QueueFull) {
            m_waiting = Frame{channel, payload};
            m_peer->setReceiving(false);
            Log::write(Log::Level::Debug, QStringLiteral("waiting for the client to read"),
                       {{QLatin1String("peer"), m_peer->peerId()}});
            return;
        }
        if (error) {
            Log::write(Log::Level::Warning, QStringLiteral("cannot echo frame"),
                       {{QLatin1String("channel"), channel},
                        {QLatin1String("size"), payload.size()},
                        {QLatin1String("peer"), m_peer->peerId()},
                        {QLatin1String("reason"), toFailure(error).text}});
            return;
        }
        Log::write(Log::Level::Info, QStringLiteral("echoing frame"),
                   {{QLatin1String("channel"), channel},
                    {QLatin1String("channel_name"), Channel::name(channel)},
                    {QLatin1String("size"), payload.size()},
                    {QLatin1String("peer"), m_peer->peerId()}});
    }

    void resume(quint16 channel)
    {
        if (!m_waiting || m_waiting->channel != channel)
            return;
        const Frame frame = *std::exchange(m_waiting, std::nullopt);
        m_peer->setReceiving(true);
        echo(frame.channel, frame.payload);
    }

    Peer *m_peer;
    std::optional<Frame> m_waiting;
};

} // namespace

EchoCommand::EchoCommand(const EchoOptions &options)
    : ServerCommand(options.path, options.channels.value_or(Server().channels()))
{}

void EchoCommand::serve(Peer *peer)
{
    new EchoSession(peer);
}

} // namespace IpcPrims::Tool
