// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/command.h"

namespace IpcPrims::Tool {

/// `ipcprims schema check`: loads schemas and says what is wrong with them.
class SchemaCheckCommand : public Command
{
    Q_OBJECT

public:
    SchemaCheckCommand(const SchemaCheckOptions &options, OutputFormat format);
    void start() override;

private:
    const SchemaCheckOptions m_options;
    const OutputFormat m_format;
};

/// `ipcprims schema validate`: judges one payload as a peer with these schemas would.
class SchemaValidateCommand : public Command
{
    Q_OBJECT

public:
    SchemaValidateCommand(const SchemaValidateOptions &options, OutputFormat format);
    void start() override;

private:
    const SchemaValidateOptions m_options;
    const OutputFormat m_format;
};

} // namespace IpcPrims::Tool
