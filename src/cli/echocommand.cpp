// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/echocommand.h"

#include "cli/log.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/protocol.h>
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
#    include <IpcPrims/schemaregistry.h>

#    include <QtCore/qfile.h>
#endif

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
        connect(peer, &Peer::validationFailed, this, &EchoSession::logBadFrame);
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

    // The peer itself tells the client.
    void logBadFrame(quint16 channel, const QList<ValidationError> &errors)
    {
        Log::write(Log::Level::Warning, QStringLiteral("frame does not meet its schema"),
                   {{QLatin1String("channel"), channel},
                    {QLatin1String("peer"), m_peer->peerId()},
                    {QLatin1String("reason"), errors.first().message}});
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
    : ServerCommand(options.endpoint, options.channels.value_or(Server().channels()))
    , m_schemaDirectory(options.schemaDirectory)
{}

void EchoCommand::start()
{
#ifdef IPCPRIMS_TOOL_HAS_SCHEMA
    if (m_schemaDirectory) {
        SchemaOptions schemaOptions;
        schemaOptions.strictMode = true; // as the reference implementation's tool
        Error error;
        const auto registry = SchemaRegistry::fromDirectory(
                QFile::decodeName(m_schemaDirectory->c_str()), schemaOptions, &error);
        if (!registry)
            return fail(error);
        validate(registry);
    }
#endif
    ServerCommand::start();
}

void EchoCommand::serve(Peer *peer)
{
    new EchoSession(peer);
}

} // namespace IpcPrims::Tool
