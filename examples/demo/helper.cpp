// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "helper.h"

#include "work.h"

namespace Demo {

using namespace IpcPrims;
using namespace std::chrono_literals;

Helper::Helper()
{
    connect(&m_peer, &Peer::frameReceived, this, &Helper::onFrame);
    connect(&m_peer, &Peer::disconnected, this, &Helper::finished);

    m_sampling.setInterval(1ms);
    connect(&m_sampling, &QTimer::timeout, this, &Helper::sendSample);
}

void Helper::connectToServer(const Endpoint &endpoint)
{
    m_peer.connectToServer(endpoint);
}

void Helper::onFrame(quint16 channel, const QByteArray &payload)
{
    if (channel == Channel::Command)
        obey(fromPayload(payload));
    else if (channel == Channel::Data)
        returnBlock(payload);
}

void Helper::obey(const QJsonObject &command)
{
    const QString verb = command.value(QStringLiteral("command")).toString();
    if (verb == QStringLiteral("add")) {
        const int sum = command.value(QStringLiteral("a")).toInt()
                        + command.value(QStringLiteral("b")).toInt();
        send(Channel::Command, {{QStringLiteral("id"), command.value(QStringLiteral("id"))},
                                {QStringLiteral("sum"), sum}});
    } else if (verb == QStringLiteral("transfer")) {
        m_samplesSent = 0;
        m_samplesWanted = command.value(QStringLiteral("samples")).toInt();
        m_sampling.start();
    } else if (verb == QStringLiteral("ping")) {
        pingBack();
    } else if (verb == QStringLiteral("shutdown")) {
        m_peer.close();
    }
}

void Helper::returnBlock(const QByteArray &block)
{
    send(Channel::Command, {{QStringLiteral("sha256"), QString::fromLatin1(sha256(block))}});
    if (const Error error = m_peer.send(Channel::Data, inverted(block)))
        giveUpOn(error);
}

void Helper::sendSample()
{
    send(Channel::Telemetry, makeSample(m_samplesSent));
    if (++m_samplesSent >= m_samplesWanted)
        m_sampling.stop();
}

void Helper::pingBack()
{
    m_peer.ping().then(this, [this](const PingReply &reply) {
        if (reply.error) {
            giveUpOn(reply.error);
            return;
        }
        const std::chrono::duration<double, std::milli> time = reply.roundTripTime;
        send(Channel::Command, {{QStringLiteral("milliseconds"), time.count()}});
    });
}

void Helper::send(Channel::Number channel, const QJsonObject &object)
{
    if (const Error error = m_peer.sendJson(channel, object))
        giveUpOn(error);
}

void Helper::giveUpOn(const Error &error)
{
    m_sampling.stop();
    Q_EMIT finished(error);
}

} // namespace Demo
