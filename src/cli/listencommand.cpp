// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/listencommand.h"

#include <IpcPrims/peer.h>

namespace IpcPrims::Tool {

namespace {

// The filter says what is printed. What it names has to be on offer too, or it would never come;
// a client may still use the usual channels beside that.
QList<quint16> offeredChannels(const ListenOptions &options)
{
    return Server().channels() + options.channels.value_or(QList<quint16>());
}

} // namespace

ListenCommand::ListenCommand(const ListenOptions &options, OutputFormat format)
    : ServerCommand(options.endpoint, offeredChannels(options))
    , m_shownChannels(options.channels)
    , m_remaining(options.count)
    , m_text(format)
{}

void ListenCommand::serve(Peer *peer)
{
    connect(peer, &Peer::frameReceived, this,
            [this, peer](quint16 channel, const QByteArray &payload) {
                show({channel, payload, peer->peerId()});
            });
}

void ListenCommand::show(const ReceivedFrame &frame)
{
    const bool isFiltered = m_shownChannels && !m_shownChannels->contains(frame.channel);
    if (isFinished() || isFiltered || m_remaining == 0u)
        return;
    print(m_text.format(frame));
    if (m_remaining && --*m_remaining == 0)
        stop();
}

void ListenCommand::complete()
{
    print(m_text.end());
}

} // namespace IpcPrims::Tool
