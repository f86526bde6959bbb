// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/framehandlerslot_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>

#include <QtCore/qglobal.h>

#include <map>
#include <utility>

namespace IpcPrims {

/// Who takes the frames of a channel for itself.
struct ChannelUser
{
    const void *who = nullptr; ///< To tell one from another.
    const char *what = ""; ///< For messages.
    /// Whether nobody else may send there either, as it would be taken for something else.
    bool isAlone = false;
    /// Whether empty frames and the marks of streams are the library's own words.
    bool readsStream = false;
};

/*!
    The frame handlers that were set for one channel each. As a handler may do anything while it
    runs, set() and deliver() touch nothing of this any more once they have called or destroyed one.
*/
class ChannelHandlers
{
public:
    bool isEmpty() const { return m_entries.empty(); }

    /// Who has the channel; a null pointer for nobody.
    const ChannelUser *user(quint16 channel) const
    {
        const auto entry = m_entries.find(channel);
        return entry == m_entries.end() ? nullptr : &entry->second.user;
    }

    /// Why \a user can't have the channel: somebody else has.
    static Error takenError(quint16 channel, const ChannelUser &user)
    {
        return Error(ErrorCode::InvalidArgument,
                     QStringLiteral("channel %1 of this peer is in use by %2 already")
                             .arg(QString::number(channel), QLatin1String(user.what)));
    }

    /// Sets the handler of \a user, who may replace its own only; an empty \a handler removes it.
    Error set(quint16 channel, Peer::FrameHandler handler, const ChannelUser &user)
    {
        const ChannelUser *const present = this->user(channel);
        const bool isOther = present && present->who != user.who;
        if (!handler) {
            if (present && !isOther)
                const auto gone = m_entries.extract(channel);
            return {};
        }
        if (isOther)
            return takenError(channel, *present);
        Entry &entry = m_entries[channel];
        entry.user = user;
        entry.slot.set(std::move(handler));
        return {};
    }

    /// Whether there is a handler for that channel, which then was called.
    bool deliver(quint16 channel, QByteArrayView payload)
    {
        const auto entry = m_entries.find(channel);
        if (entry == m_entries.end())
            return false;
        entry->second.slot.call(channel, payload);
        return true;
    }

private:
    struct Entry
    {
        ChannelUser user;
        FrameHandlerSlot slot;
    };

    std::map<quint16, Entry> m_entries; // A map leaves them where they are.
};

} // namespace IpcPrims
