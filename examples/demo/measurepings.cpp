// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "measurepings.h"

#include "figures.h"
#include "work.h"

#include <algorithm>

namespace Demo {

using namespace IpcPrims;

MeasurePings::MeasurePings(OtherEnd &otherEnd, size_t pings)
    : m_otherEnd(otherEnd)
    , m_pings(pings)
{}

QString MeasurePings::name() const
{
    return QStringLiteral("ping");
}

QString MeasurePings::waitingFor() const
{
    if (m_times.size() < m_pings)
        return QStringLiteral("pong %1 of %2").arg(m_times.size() + 1).arg(m_pings);
    return QStringLiteral("the other end to have pinged us");
}

void MeasurePings::start()
{
    connect(m_otherEnd.peer(), &Peer::frameReceived, this, &MeasurePings::onFrame);
    ping();
}

void MeasurePings::ping()
{
    m_otherEnd.peer()->ping().then(this, [this](const PingReply &reply) { onReply(reply); });
}

void MeasurePings::onReply(const PingReply &reply)
{
    if (reply.error) {
        Q_EMIT failed(reply.error.message());
        return;
    }
    m_times.push_back(reply.roundTripTime);
    if (m_times.size() < m_pings)
        ping();
    else
        askForPing();
}

void MeasurePings::askForPing()
{
    const QJsonObject command = {{QStringLiteral("command"), QStringLiteral("ping")}};
    if (const Error error = m_otherEnd.peer()->sendJson(Channel::Command, command))
        Q_EMIT failed(error.message());
}

void MeasurePings::onFrame(quint16, const QByteArray &payload)
{
    const QJsonValue answer = fromPayload(payload).value(QStringLiteral("milliseconds"));
    if (!answer.isDouble()) {
        Q_EMIT failed(QStringLiteral("the other end could not ping us"));
        return;
    }
    std::sort(m_times.begin(), m_times.end());
    Q_EMIT observed(name(), QStringLiteral("%1 round trips: shortest %2, median %3, longest %4")
                                    .arg(m_times.size())
                                    .arg(milliseconds(m_times.front()),
                                         milliseconds(m_times[m_times.size() / 2]),
                                         milliseconds(m_times.back())));
    Q_EMIT observed(QStringLiteral("ping back"),
                    QStringLiteral("the other end pinged us, %1 ms by its own clock")
                            .arg(answer.toDouble(), 0, 'g', 3));
    Q_EMIT finished();
}

} // namespace Demo
