// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/frametext.h"
#include "cli/servercommand.h"

namespace IpcPrims::Tool {

/// `ipcprims listen`: prints the frames of all clients.
class ListenCommand : public ServerCommand
{
    Q_OBJECT

public:
    ListenCommand(const ListenOptions &options, OutputFormat format);

protected:
    void serve(Peer *peer) override;
    void complete() override;

private:
    void show(const ReceivedFrame &frame);

    std::optional<QList<quint16>> m_shownChannels;
    std::optional<quint64> m_remaining;
    FrameText m_text;
};

} // namespace IpcPrims::Tool
