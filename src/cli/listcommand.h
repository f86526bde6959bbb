// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/command.h"

namespace IpcPrims::Tool {

/// `ipcprims list`: prints which services there are, without connecting to any.
class ListCommand : public Command
{
    Q_OBJECT

public:
    ListCommand(const ListOptions &options, OutputFormat format);
    void start() override;

private:
    const ListOptions m_options;
    const OutputFormat m_format;
};

} // namespace IpcPrims::Tool
