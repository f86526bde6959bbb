// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/sendcommand.h"

#include "cli/frametext.h"
#include "cli/log.h"
#include "cli/optionvalues.h"
#include "cli/payload.h"

namespace IpcPrims::Tool {

namespace {

QList<quint16> channelsFor(const SendOptions &options)
{
    QList<quint16> channels{options.channel};
    // A server may answer with an error instead.
    if (options.wait && options.channel != Channel::Error)
        channels.append(Channel::Error);
    return channels;
}

} // namespace

SendCommand::SendCommand(const SendOptions &options, OutputFormat format)
    : m_options(options)
    , m_format(format)
{
    m_peer.setRequestedChannels(channelsFor(options));
    connect(&m_peer, &Peer::connected, this, &SendCommand::sendPayload);
    connect(&m_peer, &Peer::disconnected, this, &SendCommand::endSession);

    m_answerDeadline.setSingleShot(true);
    m_answerDeadline.setInterval(options.waitTimeout);
    connect(&m_answerDeadline, &QTimer::timeout, this, [this] {
        fail(Error(ErrorCode::Timeout,
                   QStringLiteral("request timed out after %1 without an answer; "
                                  "--wait-timeout sets the time")
                           .arg(timeText(m_options.waitTimeout))));
    });
}

void SendCommand::start()
{
    m_peer.connectToServer(m_options.endpoint);
}

void SendCommand::sendPayload()
{
    QByteArray payload;
    if (const auto failure = readPayload(m_options, &payload))
        return fail(*failure);
    if (const Error error = m_peer.send(m_options.channel, payload))
        return fail(error);

    if (m_options.wait) {
        connect(&m_peer, &Peer::frameReceived, this, &SendCommand::showAnswer);
        m_answerDeadline.start();
        return;
    }
    m_peer.flush();
    m_isSent = m_peer.bytesQueued() == 0;
    m_peer.close();
}

void SendCommand::showAnswer(quint16 channel, const QByteArray &payload)
{
    if (isFinished())
        return;
    FrameText text(m_format);
    print(text.format({channel, payload, m_peer.peerId()}));
    print(text.end());
    finish();
}

void SendCommand::endSession(const Error &reason)
{
    if (!reason)
        return finish();
    if (!m_isSent)
        return fail(reason);
    // A server may go away, or be busy, as soon as it has what it waited for.
    Log::write(Log::Level::Info, QStringLiteral("sent, but the shutdown was not acknowledged"),
               {{QLatin1String("reason"), toFailure(reason).text}});
    finish();
}

} // namespace IpcPrims::Tool
