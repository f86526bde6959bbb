// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/requestqueue_p.h"

#include <IpcPrims/protocol.h>

#include <utility>

namespace IpcPrims {

Error RequestQueue::checkRoom() const
{
    // Not only those that are owed: if the oldest one is, the others keep their places behind it.
    if (qsizetype(m_places.size()) < MaxRequestsInFlight)
        return {};
    return Error(ErrorCode::QueueFull,
                 QStringLiteral("the other side owes %1 answers already").arg(m_owed));
}

void RequestQueue::append(Entry entry)
{
    m_places.push_back({std::move(entry)});
    ++m_owed;
}

RequestQueue::Entry RequestQueue::takeFirst()
{
    return take(m_places.front());
}

std::optional<RequestQueue::Entry> RequestQueue::take(quint64 number)
{
    Place *const place = find(number);
    if (!place)
        return std::nullopt;
    return take(*place);
}

std::optional<RequestQueue::Entry> RequestQueue::giveUp(quint64 number)
{
    Place *const place = find(number);
    if (!place || !place->entry.promise)
        return std::nullopt;
    Entry entry = std::move(place->entry);
    place->entry.promise.reset();
    return entry;
}

RequestQueue::Place *RequestQueue::find(quint64 number)
{
    // Unsigned, so that smaller numbers turn into large ones.
    const quint64 index = number - m_firstNumber;
    return index < m_places.size() && m_places[index].isOwed ? &m_places[index] : nullptr;
}

RequestQueue::Entry RequestQueue::take(Place &place)
{
    Entry entry = std::move(place.entry);
    place.isOwed = false;
    --m_owed;
    while (!m_places.empty() && !m_places.front().isOwed) {
        m_places.pop_front();
        ++m_firstNumber;
    }
    return entry;
}

} // namespace IpcPrims
