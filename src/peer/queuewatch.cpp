// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/queuewatch_p.h"

#include <QtCore/qcoreevent.h>
#include <QtCore/qpointer.h>

#include <utility>

namespace IpcPrims {

// In milliseconds. Nobody reads numbers that change faster.
static constexpr int Period = 100;

static constexpr qint64 Unknown = -1;

QueueWatch::QueueWatch(Owner *owner, QObject *parent)
    : QObject(parent)
    , m_owner(owner)
{}

void QueueWatch::start()
{
    if (m_isWatching) {
        m_reported = Unknown; // Those who listen already know another number than who comes now.
        noteChange();
        return;
    }
    if (!m_owner->isQueueObserved())
        return;
    const QPointer<QueueWatch> alive(this);
    const qint64 bytes = m_owner->bytesQueued();
    if (!alive)
        return;
    m_reported = bytes;
    m_isWatching = true;
    m_owner->setQueueWatched(true);
    noteChange();
}

void QueueWatch::noteChange()
{
    if (m_isWatching && !m_timer.isActive())
        m_timer.start(Period, this);
}

void QueueWatch::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    m_timer.stop();
    m_isWatching = m_owner->isQueueObserved();
    if (!m_isWatching) {
        m_owner->setQueueWatched(false);
        return;
    }
    const QPointer<QueueWatch> alive(this);
    const qint64 bytes = m_owner->bytesQueued();
    if (!alive)
        return;
    if (bytes > 0 && m_owner->isQueueMoving())
        noteChange();
    if (std::exchange(m_reported, bytes) != bytes)
        m_owner->reportBytesQueued(bytes);
}

} // namespace IpcPrims
