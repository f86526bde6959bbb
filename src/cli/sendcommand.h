// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/command.h"

#include <IpcPrims/peer.h>

#include <QtCore/qtimer.h>

namespace IpcPrims::Tool {

/// `ipcprims send`: sends one frame and, if asked to, prints the answer.
class SendCommand : public Command
{
    Q_OBJECT

public:
    SendCommand(const SendOptions &options, OutputFormat format);
    void start() override;

private:
    void sendPayload();
    void showAnswer(quint16 channel, const QByteArray &payload);
    void endSession(const Error &reason);

    SendOptions m_options;
    OutputFormat m_format;
    Peer m_peer;
    QTimer m_answerDeadline;
    bool m_isSent = false; ///< The operating system has the whole frame.
};

} // namespace IpcPrims::Tool
