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
    qsizetype size() const { return qsizetype(m_answers.size()); }

    /// A request was received; returns its number.
    quint64 expect()
    {
        if (!m_isStuck)
            m_answers.emplace_back();
        return ++m_lastNumber;
    }

    void put(Answer answer)
    {
        if (!m_isStuck)
            m_answers[answer.request - m_firstNumber] = std::move(answer);
    }

    /// The answer that leaves next; none as long as it hasn't come.
    const Answer *next() const
    {
        return m_answers.empty() || !m_answers.front() ? nullptr : &*m_answers.front();
    }
    void pop()
    {
        m_answers.pop_front();
        ++m_firstNumber;
    }

    /// The next answer can never leave, and so none that comes after it.
    void stick()
    {
        m_isStuck = true;
        m_answers.clear();
    }

private:
    std::deque<std::optional<Answer>> m_answers;
    quint64 m_firstNumber = 1;
    quint64 m_lastNumber = 0;
    bool m_isStuck = false;
};

} // namespace IpcPrims
