// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/mailbox_p.h"

#include <QtCore/qglobal.h>

#include <atomic>
#include <memory>
#include <utility>

namespace IpcPrims {

/// Where whoever works on a question leaves the answer, in any thread. Only the first one counts.
template<typename Answer>
class AnswerOnce
{
    Q_DISABLE_COPY_MOVE(AnswerOnce)

public:
    explicit AnswerOnce(std::shared_ptr<Mailbox<Answer>> mailbox)
        : m_mailbox(std::move(mailbox))
    {}
    ~AnswerOnce() = default;

    void put(Answer answer)
    {
        if (!m_isAnswered.test_and_set())
            m_mailbox->put(std::move(answer));
    }

private:
    const std::shared_ptr<Mailbox<Answer>> m_mailbox;
    std::atomic_flag m_isAnswered;
};

} // namespace IpcPrims
