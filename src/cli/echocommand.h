// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/servercommand.h"

namespace IpcPrims::Tool {

/// `ipcprims echo`: sends every frame back to where it came from.
class EchoCommand : public ServerCommand
{
    Q_OBJECT

public:
    explicit EchoCommand(const EchoOptions &options);

protected:
    void serve(Peer *peer) override;
};

} // namespace IpcPrims::Tool
