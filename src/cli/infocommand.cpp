// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/infocommand.h"

#include "cli/optionvalues.h"

#include <QtCore/qtimer.h>

using namespace std::chrono_literals;

namespace IpcPrims::Tool {

namespace {

constexpr auto RetryInterval = 50ms;

// A server that is just starting looks like this.
bool mayAppear(const Error &reason)
{
    return reason.code() == ErrorCode::NotFound || reason.code() == ErrorCode::ConnectionRefused;
}

} // namespace

InfoCommand::InfoCommand(const InfoOptions &options, OutputFormat format)
    : m_options(options)
    , m_format(format)
{
    m_peer.setConnectTimeout(options.timeout);
    connect(&m_peer, &Peer::connected, this, &InfoCommand::inspect);
    connect(&m_peer, &Peer::disconnected, this, &InfoCommand::retry);
}

void InfoCommand::start()
{
    m_deadline.setRemainingTime(m_options.timeout);
    connectToServer();
}

void InfoCommand::connectToServer()
{
    m_peer.connectToServer(m_options.endpoint);
}

void InfoCommand::retry(const Error &reason)
{
    if (!mayAppear(reason))
        return fail(reason);
    if (m_deadline.hasExpired()) {
        return fail(Error(ErrorCode::Timeout,
                          QStringLiteral("no server within %1: %2")
                                  .arg(timeText(m_options.timeout), reason.message())));
    }
    QTimer::singleShot(RetryInterval, this, &InfoCommand::connectToServer);
}

void InfoCommand::inspect()
{
    // From here on the session may end as it likes: what is to be shown is known, but for the
    // ping, and that may be missing.
    disconnect(&m_peer, &Peer::disconnected, this, nullptr);
    const ConnectionInfo info{
            m_peer.peerId(),     m_peer.peerName(), m_peer.protocolVersion(), m_peer.channels(), {},
            m_peer.credentials()};
    m_peer.ping().then(this, [this, info](const PingReply &reply) {
        ConnectionInfo complete = info;
        if (!reply.error)
            complete.pingTime = reply.roundTripTime;
        print(connectionText(complete, m_format));
        finish();
    });
}

} // namespace IpcPrims::Tool
