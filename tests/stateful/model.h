// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "choice.h"
#include "futures.h"
#include "journal.h"
#include "ledger.h"
#include "sessionbook.h"

#include <IpcPrims/peer.h>
#include <IpcPrims/rpcresult.h>

#include <QtCore/qlist.h>

#include <atomic>
#include <functional>
#include <vector>

/// The channels of every session here, and what each is for.
namespace TestChannel {
inline constexpr quint16 Requests = IpcPrims::Channel::Command;
inline constexpr quint16 Frames = IpcPrims::Channel::Data;
inline constexpr quint16 MoreFrames = 300;
inline constexpr quint16 KeptFrames = 301; // With UnsentFrames::Keep.
inline constexpr quint16 Rpc = 400;
inline constexpr quint16 Stream = 500;

inline QList<quint16> all()
{
    return {IpcPrims::Channel::Error, Requests, Frames, MoreFrames, KeptFrames, Rpc, Stream};
}
/// Whether the ledger knows the frames of \a channel.
inline bool isOfLedger(quint16 channel)
{
    return channel == Frames || channel == MoreFrames || channel == KeptFrames;
}
} // namespace TestChannel

/// What random sequences are checked against.
struct Model
{
    explicit Model(quint64 seed)
        : choice(seed)
        , ledger(&journal)
        , sessions(&ledger)
    {}

    void checkFutures()
    {
        pings.check(&journal);
        replies.check(&journal);
        results.check(&journal);
        closes.check(&journal);
    }
    qsizetype unfinishedFutures() const
    {
        return pings.unfinished() + replies.unfinished() + results.unfinished()
               + closes.unfinished();
    }

    Choice choice;
    Journal journal;
    Ledger ledger;
    SessionBook sessions;
    Futures<IpcPrims::PingReply> pings;
    Futures<IpcPrims::Reply> replies;
    Futures<IpcPrims::RpcResult> results;
    Futures<IpcPrims::Error> closes;
    /// Called at the end of each slot: an application may do anything there. Whoever calls it
    /// touches nothing afterwards.
    std::function<void()> actInSlot;
    std::atomic<quint32> lastEnd = 0;
};
