// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/command.h"
#include "cli/connectiontext.h"

#include <IpcPrims/peer.h>

#include <QtCore/qdeadlinetimer.h>

namespace IpcPrims::Tool {

/// `ipcprims info`: connects, pings once, and prints what it learnt about the server.
class InfoCommand : public Command
{
    Q_OBJECT

public:
    InfoCommand(const InfoOptions &options, OutputFormat format);
    void start() override;

private:
    void connectToServer();
    void inspect();
    void retry(const Error &reason);

    InfoOptions m_options;
    OutputFormat m_format;
    Peer m_peer;
    QDeadlineTimer m_deadline;
};

} // namespace IpcPrims::Tool
