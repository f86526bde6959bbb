// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

#include <deque>
#include <optional>
#include <utility>

namespace IpcPrims {

/// What became of a request of the other side.
struct Answer
{
    quint64 request = 0;
    bool isFailure = false;
    QByteArray payload; ///< Of a failure, the text that says why.
};

/*!
    Brings the answers to the other side's requests into the order of these requests, whenever they
    come: the other side tells by the order to which request an answer belongs.
*/
class AnswerQueue
{
public:
    /// How many requests have no answer, or one that hasn't left.
    qsizetype size() const { return qsizetype(m_places.size()); }
    /// What they take: the requests without an answer, and the answers that wait for their turn.
    qint64 bytes() const { return m_bytes; }

    /// A request of \a bytes was received; returns its number.
    quint64 expect(qint64 bytes)
    {
        m_places.push_back({PlaceCost + bytes, std::nullopt});
        m_bytes += PlaceCost + bytes;
        return ++m_lastNumber;
    }

    void put(Answer answer)
    {
        Place &place = m_places[answer.request - m_firstNumber];
        if (m_isStuck)
            answer.payload.clear(); // It stays here until those before it are answered.
        const qint64 cost = PlaceCost + answer.payload.size();
        m_bytes += cost - std::exchange(place.cost, cost);
        place.answer = std::move(answer);
        if (m_isStuck)
            dropAnswered();
    }

    /// The answer that leaves next; none as long as it hasn't come.
    const Answer *next() const
    {
        const bool isThere = !m_isStuck && !m_places.empty() && m_places.front().answer;
        return isThere ? &*m_places.front().answer : nullptr;
    }
    void pop()
    {
        m_bytes -= m_places.front().cost;
        m_places.pop_front();
        ++m_firstNumber;
    }

    bool isStuck() const { return m_isStuck; }
    /// The next answer can never leave, and so none that comes after it. Requests still count until
    /// they are answered.
    void stick()
    {
        m_isStuck = true;
        for (Place &place : m_places) {
            if (place.answer) {
                m_bytes -= std::exchange(place.cost, 0);
                place.answer->payload.clear();
            }
        }
        dropAnswered();
    }

private:
    /// In memory: of the place, and of what a handler keeps for each request.
    static constexpr qint64 PlaceCost = 256;

    struct Place
    {
        qint64 cost = 0;
        std::optional<Answer> answer;
    };

    void dropAnswered()
    {
        while (!m_places.empty() && m_places.front().answer)
            pop();
    }

    std::deque<Place> m_places;
    qint64 m_bytes = 0;
    quint64 m_firstNumber = 1;
    quint64 m_lastNumber = 0;
    bool m_isStuck = false;
};

} // namespace IpcPrims
