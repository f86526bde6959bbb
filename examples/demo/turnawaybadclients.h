// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "badclient.h"
#include "conversation.h"
#include "otherend.h"
#include "step.h"

#include <memory>
#include <vector>

namespace Demo {

/*!
    Sends bad clients to the server, one after the other, and talks with the good one all the time.
*/
class TurnAwayBadClients : public Step
{
    Q_OBJECT

public:
    explicit TurnAwayBadClients(OtherEnd &otherEnd);

    QString name() const override;
    QString waitingFor() const override;
    void start() override;

private:
    struct Attempt
    {
        QString label;
        QByteArray bytes;
        IpcPrims::ErrorCode expected;
    };

    void attempt();
    void onHandshakeFailed(const IpcPrims::Error &reason);
    void onTurnedAway();
    void nextIfComplete();
    void conclude();

    OtherEnd &m_otherEnd;
    Conversation m_conversation;
    const std::vector<Attempt> m_attempts;
    size_t m_current = 0;
    std::unique_ptr<BadClient> m_client;
    QString m_reason;
    bool m_turnedAway = false;
};

} // namespace Demo
