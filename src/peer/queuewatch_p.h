// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qobject.h>

namespace IpcPrims {

/*!
    Reports how many bytes are queued, as a property's signal, as long as somebody is connected to
    that. The number changes with every frame, so it is reported at most ten times a second, and
    always once more when it has come to rest.
*/
class QueueWatch final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QueueWatch)

public:
    /// Whose queue it is.
    class Owner
    {
    public:
        virtual bool isQueueObserved() const = 0;
        /// A device may do anything when it is asked, delete the owner included.
        virtual qint64 bytesQueued() const = 0;
        /// Whether the number changes without a call of noteChange().
        virtual bool isQueueMoving() const = 0;
        /// Whether noteChange() has to be called; before the first call it doesn't.
        virtual void setQueueWatched(bool isWatched) = 0;
        virtual void reportBytesQueued(qint64 bytes) = 0;

    protected:
        ~Owner() = default;
    };

    QueueWatch(Owner *owner, QObject *parent);

    /// Somebody has been connected. Nobody needs to say that somebody was disconnected.
    void start();
    bool isWatching() const { return m_isWatching; }
    /// The number may have changed.
    void noteChange();

    /// The thread ends, or another one follows.
    void stopTimer() { m_timer.stop(); }

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    Owner *const m_owner;
    QBasicTimer m_timer;
    bool m_isWatching = false;
    qint64 m_reported = 0;
};

} // namespace IpcPrims
