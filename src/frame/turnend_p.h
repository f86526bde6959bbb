// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <deque>

QT_BEGIN_NAMESPACE
class QAbstractEventDispatcher;
QT_END_NAMESPACE

namespace IpcPrims {

/*!
    Calls back once at the end of the current turn of the thread's event loop: before it blocks, or,
    when it is too busy to block, before its next turn. A posted event would do the same for the
    price of waking the loop up, which is more than writing a frame costs. As listening to the
    dispatcher isn't free either, that stops when nobody has asked for a while.

    When very many have asked, some of them are called only in the next turn, as all of them
    together have a TurnShare.
*/
class TurnEnd : public QObject
{
    Q_OBJECT

public:
    class Listener
    {
    public:
        virtual void turnEnded() = 0;

    protected:
        ~Listener() = default;
    };

    /// The calling thread's own.
    static TurnEnd &ofThisThread();

    void call(Listener *listener);
    void forget(Listener *listener);

private:
    void notify();
    void listen();
    void stopListening();

    QPointer<QAbstractEventDispatcher> m_dispatcher; // The one that is listened to.
    int m_idleNotices = 0; // In a row.
    std::deque<Listener *> m_listeners;
};

} // namespace IpcPrims
