// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "ledger.h"

#include <QtCore/qendian.h>

#include <algorithm>

static constexpr qsizetype NumberSize = sizeof(quint64);

// So that bytes in a wrong place are noticed.
static char filler(quint64 number, qsizetype position)
{
    return char(number * 31 + quint64(position) * 7 + quint64(position >> 8));
}

Ledger::Ledger(Journal *journal)
    : m_journal(journal)
{}

QByteArray Ledger::offer(const Origin &origin, qint64 size)
{
    quint64 number = 0;
    size = std::max<qint64>(size, NumberSize);
    {
        const std::lock_guard lock(m_mutex);
        number = m_frames.size();
        m_frames.push_back({origin, origin.session, size});
    }
    QByteArray payload(size, Qt::Uninitialized);
    qToLittleEndian(number, payload.data());
    for (qsizetype i = NumberSize; i < size; ++i)
        payload[i] = filler(number, i);
    return payload;
}

Ledger::Frame *Ledger::find(QByteArrayView payload, quint64 *number)
{
    if (payload.size() < NumberSize) {
        m_journal->violation(
                QStringLiteral("a payload of %1 bytes, which nobody has sent").arg(payload.size()));
        return nullptr;
    }
    *number = qFromLittleEndian<quint64>(payload.data());
    if (*number >= m_frames.size()) {
        m_journal->violation(QStringLiteral("frame %1, which nobody has sent").arg(*number));
        return nullptr;
    }
    Frame *const frame = &m_frames[*number];
    bool isWhole = payload.size() == frame->size;
    for (qsizetype i = NumberSize; isWhole && i < payload.size(); ++i)
        isWhole = payload[i] == filler(*number, i);
    if (!isWhole)
        m_journal->violation(describe(*number) + QStringLiteral(" has been altered"));
    return frame;
}

QString Ledger::describe(quint64 number) const
{
    const Frame &frame = m_frames[number];
    return QStringLiteral("frame %1 of end %2, session %3, channel %4, thread %5, %6 bytes")
            .arg(number)
            .arg(frame.origin.sender)
            .arg(frame.origin.session)
            .arg(frame.origin.channel)
            .arg(frame.origin.thread)
            .arg(frame.size);
}

void Ledger::accepted(const QByteArray &payload, SessionNumber lastSession)
{
    const std::lock_guard lock(m_mutex);
    Frame &frame = m_frames[qFromLittleEndian<quint64>(payload.data())];
    frame.state = Frame::Accepted;
    frame.lastSession = lastSession;
}

void Ledger::refused(const QByteArray &payload)
{
    const std::lock_guard lock(m_mutex);
    const auto number = qFromLittleEndian<quint64>(payload.data());
    Frame &frame = m_frames[number];
    frame.state = Frame::Refused;
    if (frame.isDelivered || frame.isReported)
        m_journal->violation(describe(number) + QStringLiteral(" was refused and has left"));
}

void Ledger::delivered(End receiver, quint16 channel, QByteArrayView payload)
{
    const std::lock_guard lock(m_mutex);
    quint64 number = 0;
    Frame *const frame = find(payload, &number);
    if (!frame)
        return;
    ++m_delivered;
    if (frame->origin.channel != channel)
        m_journal->violation(describe(number) + QStringLiteral(" came on channel %1").arg(channel));
    if (std::exchange(frame->isDelivered, true))
        m_journal->violation(describe(number) + QStringLiteral(" was delivered twice"));
    if (frame->isReported)
        m_journal->violation(describe(number)
                             + QStringLiteral(" was delivered after it was reported"));
    if (frame->state == Frame::Refused)
        m_journal->violation(describe(number) + QStringLiteral(" was delivered but refused"));
    const auto key = std::tuple(frame->origin.sender, receiver, channel, frame->origin.thread);
    const auto last = m_lastDelivered.find(key);
    if (last != m_lastDelivered.end() && last->second > number)
        m_journal->violation(describe(number)
                             + QStringLiteral(" came after frame %1").arg(last->second));
    m_lastDelivered[key] = number;
}

void Ledger::reported(End sender, quint16 channel, QByteArrayView payload)
{
    const std::lock_guard lock(m_mutex);
    quint64 number = 0;
    Frame *const frame = find(payload, &number);
    if (!frame)
        return;
    ++m_reported;
    if (frame->origin.channel != channel || frame->origin.sender != sender)
        m_journal->violation(
                describe(number)
                + QStringLiteral(" was reported by end %1 on channel %2").arg(sender).arg(channel));
    if (std::exchange(frame->isReported, true))
        m_journal->violation(describe(number) + QStringLiteral(" was reported twice"));
    if (frame->isDelivered)
        m_journal->violation(describe(number)
                             + QStringLiteral(" was reported after it was delivered"));
    if (frame->state == Frame::Refused)
        m_journal->violation(describe(number) + QStringLiteral(" was reported but refused"));
    const auto key = std::tuple(sender, channel, frame->origin.thread);
    const auto last = m_lastReported.find(key);
    if (last != m_lastReported.end() && last->second > number)
        m_journal->violation(describe(number)
                             + QStringLiteral(" was reported after frame %1").arg(last->second));
    m_lastReported[key] = number;
}

void Ledger::mayReplace(const QByteArray &payload)
{
    const std::lock_guard lock(m_mutex);
    const auto number = qFromLittleEndian<quint64>(payload.data());
    const Origin &origin = m_frames[number].origin;
    m_replacing[{origin.sender, origin.channel}] = number;
}

void Ledger::excuse(End sender, SessionNumber session)
{
    const std::lock_guard lock(m_mutex);
    m_excused.insert({sender, session});
}

bool Ledger::isExcused(quint64 number) const
{
    const Frame &frame = m_frames[number];
    const auto replacing = m_replacing.find({frame.origin.sender, frame.origin.channel});
    if (replacing != m_replacing.end() && number < replacing->second)
        return true;
    const auto first = m_excused.lower_bound({frame.origin.sender, frame.origin.session});
    if (first == m_excused.end() || first->first != frame.origin.sender)
        return false;
    return frame.origin.isKept || first->second <= frame.lastSession;
}

void Ledger::sessionAcknowledged(End sender, SessionNumber session)
{
    const std::lock_guard lock(m_mutex);
    for (quint64 number = 0; number < m_frames.size(); ++number) {
        const Frame &frame = m_frames[number];
        if (frame.origin.sender == sender && frame.origin.session == session
            && frame.state == Frame::Accepted && !frame.isDelivered && !frame.isReported
            && frame.origin.thread == 0 && !isExcused(number))
            m_journal->violation(describe(number)
                                 + QStringLiteral(" is missing after an acknowledged end"));
    }
}

void Ledger::settle()
{
    const std::lock_guard lock(m_mutex);
    for (quint64 number = 0; number < m_frames.size(); ++number) {
        const Frame &frame = m_frames[number];
        if (frame.state == Frame::Accepted && !frame.isDelivered && !frame.isReported
            && !isExcused(number))
            m_journal->violation(describe(number) + QStringLiteral(" was lost"));
    }
}

qint64 Ledger::deliveredFrames() const
{
    const std::lock_guard lock(m_mutex);
    return m_delivered;
}

qint64 Ledger::reportedFrames() const
{
    const std::lock_guard lock(m_mutex);
    return m_reported;
}
