// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/answeronce_p.h"
#include "peer/answerqueue_p.h"

#include <QtCore/qbytearray.h>

#include <memory>
#include <utility>

namespace IpcPrims {

/// What the copies of a Request share.
class RequestState
{
    Q_DISABLE_COPY_MOVE(RequestState)

public:
    RequestState(quint64 itsNumber, QByteArray itsPayload, std::shared_ptr<Mailbox<Answer>> mailbox)
        : number(itsNumber)
        , payload(std::move(itsPayload))
        , m_answer(std::move(mailbox))
    {}
    ~RequestState() { fail("the request was not answered"); }

    void reply(const QByteArray &answer) { m_answer.put({number, false, answer}); }
    void fail(const QByteArray &text) { m_answer.put({number, true, text}); }

    const quint64 number;
    const QByteArray payload;

private:
    AnswerOnce<Answer> m_answer;
};

} // namespace IpcPrims
