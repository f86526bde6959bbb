// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "model.h"
#include "peerwatch.h"

#include <IpcPrims/channeldevice.h>

#include <map>
#include <vector>

/// Streams of bytes beside everything else: clients write them, one after the other, and the
/// server's ends read them.
class Streams
{
    Q_DISABLE_COPY_MOVE(Streams)

public:
    explicit Streams(Model *model);

    /// Reads every stream that the other end of \a peer writes.
    void read(IpcPrims::Peer *peer);
    /// Goes on with the stream of that end, or begins one.
    void write(PeerWatch *watch);

private:
    /// What has been written so far.
    struct Stream
    {
        qint64 size = 0;
        bool isFinished = false;
    };
    struct Writer
    {
        QPointer<IpcPrims::ChannelDevice> device;
        qint64 stream = 0;
    };
    class Reader;

    void begin(PeerWatch *watch, Writer *writer);
    void check(const Reader &reader);

    Model *const m_model;
    std::vector<Stream> m_streams;
    std::map<Ledger::End, Writer> m_writers;
};
