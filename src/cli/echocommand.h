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

    void start() override;

protected:
    void serve(Peer *peer) override;

private:
    const std::optional<std::string> m_schemaDirectory;
};

} // namespace IpcPrims::Tool
