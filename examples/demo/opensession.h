// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "otherend.h"
#include "step.h"

#include <QtCore/QElapsedTimer>

namespace Demo {

/// Starts the other end and waits for the handshake; checks who is there and what was agreed.
class OpenSession : public Step
{
    Q_OBJECT

public:
    explicit OpenSession(OtherEnd &otherEnd);

    QString name() const override;
    QString waitingFor() const override;
    void start() override;

private:
    void onOpened();

    OtherEnd &m_otherEnd;
    QElapsedTimer m_sinceStart;
};

} // namespace Demo
