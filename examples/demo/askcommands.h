// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "otherend.h"
#include "step.h"

#include <QtCore/QElapsedTimer>

namespace Demo {

/// Sends many commands at once, without waiting, and checks each answer and the order.
class AskCommands : public Step
{
    Q_OBJECT

public:
    AskCommands(OtherEnd &otherEnd, int commands);

    QString name() const override;
    QString waitingFor() const override;
    void start() override;

private:
    void onFrame(quint16 channel, const QByteArray &payload);

    OtherEnd &m_otherEnd;
    const int m_commands;
    int m_answers = 0;
    QElapsedTimer m_sinceStart;
};

} // namespace Demo
