// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "otherend.h"
#include "step.h"

namespace Demo {

/// Ends the session in order, from this side or from the other, and waits for the process to exit.
class EndSession : public Step
{
    Q_OBJECT

public:
    enum class RequestedBy { Us, OtherEnd };

    EndSession(OtherEnd &otherEnd, RequestedBy requestedBy);

    QString name() const override;
    QString waitingFor() const override;
    void start() override;

private:
    void onSessionEnded(const IpcPrims::Error &reason);
    void onExited(int exitCode);
    void finishIfComplete();

    OtherEnd &m_otherEnd;
    const RequestedBy m_requestedBy;
    bool m_sessionEnded = false;
    bool m_exited = false;
};

} // namespace Demo
