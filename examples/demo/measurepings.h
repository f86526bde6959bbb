// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "otherend.h"
#include "step.h"

#include <chrono>
#include <vector>

namespace Demo {

/// Pings the other end a number of times, then has it ping us.
class MeasurePings : public Step
{
    Q_OBJECT

public:
    MeasurePings(OtherEnd &otherEnd, size_t pings);

    QString name() const override;
    QString waitingFor() const override;
    void start() override;

private:
    void ping();
    void onReply(const IpcPrims::PingReply &reply);
    void askForPing();
    void onFrame(quint16 channel, const QByteArray &payload);

    OtherEnd &m_otherEnd;
    const size_t m_pings;
    std::vector<std::chrono::nanoseconds> m_times;
};

} // namespace Demo
