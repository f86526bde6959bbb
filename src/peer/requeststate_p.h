// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/answerqueue_p.h"
#include "peer/mailbox_p.h"

#include <QtCore/qbytearray.h>

#include <atomic>
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
        , m_mailbox(std::move(mailbox))
    {}
    /// A request that nobody has answered fails.
    ~RequestState();

    void answer(bool isFailure, const QByteArray &content);

    const quint64 number;
    const QByteArray payload;

private:
    const std::shared_ptr<Mailbox<Answer>> m_mailbox;
    std::atomic_flag m_isAnswered;
};

} // namespace IpcPrims
