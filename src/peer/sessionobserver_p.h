// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <map>
#include <optional>

namespace IpcPrims {

/*!
    A part of the library that works over the sessions of a peer. It is told of what happens before
    the application is, so that no slot that runs an event loop, or destroys the peer, comes
    between. It may do anything when it is told.
*/
class SessionObserver
{
public:
    /// \a reason is that of Peer::disconnected(), which follows.
    virtual void sessionEnded(const Error &reason) = 0;
    /// Whether there is more to do before that follows: then goOnEnding() is called, again and
    /// again, between which others may have their turn. Each time it does one piece of the work,
    /// such as telling one of those who wait for answers.
    virtual bool isEnding() const { return false; }
    virtual void goOnEnding() {}
    /// The last moment at which something can be sent in the session, and there is room for all of
    /// it. Inside calls of the application, so nothing is to be emitted.
    virtual void sessionClosing() {}
    /// A validator has refused a frame that has arrived, whoever it was for.
    virtual void frameRefused(quint16 /*channel*/, QByteArrayView /*payload*/,
                              const Error & /*reason*/)
    {}
    /// The peer is about to be moved to another thread, as its children are. Whoever stays here
    /// must not use it any more.
    virtual void peerLeavesThread() {}
    /// As Peer::readyToSend(), which follows.
    virtual void readyToSend(quint16 /*channel*/) {}
    /// The peer must not be used any more, and nothing is to be emitted. If its session has ended
    /// and not everybody was told that, \a untoldEnd is the reason.
    virtual void peerDestroyed(const std::optional<Error> &untoldEnd) = 0;

protected:
    ~SessionObserver() = default;
};

/// The observers of a peer, in the order in which they came; any may come and go at any time.
class SessionObservers
{
public:
    void add(SessionObserver *observer) { m_observers.emplace(++m_lastNumber, observer); }
    void remove(const SessionObserver *observer)
    {
        for (auto it = m_observers.begin(); it != m_observers.end(); ++it) {
            if (it->second == observer) {
                m_observers.erase(it);
                return;
            }
        }
    }

    /// The one of \a number, if it still is there.
    SessionObserver *find(quint64 number) const
    {
        const auto it = m_observers.find(number);
        return it == m_observers.end() ? nullptr : it->second;
    }
    /// The next one after that of \a number, which becomes its own; null if it was the last.
    SessionObserver *next(quint64 *number) const
    {
        const auto it = m_observers.upper_bound(*number);
        if (it == m_observers.end())
            return nullptr;
        *number = it->first;
        return it->second;
    }

private:
    std::map<quint64, SessionObserver *> m_observers;
    quint64 m_lastNumber = 0;
};

/// What whoever waits for an answer is told at the end of a session.
inline Error sessionEndedError(const Error &reason)
{
    const QString text = QStringLiteral("the session ended before the answer");
    return Error(ErrorCode::NotConnected,
                 reason ? text + QLatin1String(": ") + reason.message() : text);
}

/// What whoever waits for something is told when the peer goes before the session has ended.
inline Error peerDestroyedError()
{
    return Error(ErrorCode::Cancelled, QStringLiteral("the peer was destroyed"));
}

} // namespace IpcPrims
