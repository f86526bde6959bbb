// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schemaworkload.h"

#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>

#include <chrono>
#include <optional>

/// The reference implementation's addon in a Node.js process, which measures itself.
class Reference
{
public:
    struct Cost
    {
        double message; ///< In nanoseconds, the call included.
        double call; ///< From JavaScript to the addon and back, without a validation.
    };

    /// Does nothing unless the environment variable IPCPRIMS_ADDON names the npm package.
    explicit Reference(const QList<SchemaWorkload> &workloads);
    ~Reference();

    bool isThere() const { return m_node.state() == QProcess::Running; }
    /// Of one round of that workload; ends the program if the verdict is another one.
    Cost measure(qsizetype workload, std::chrono::milliseconds time);

private:
    const QList<SchemaWorkload> &m_workloads;
    QTemporaryDir m_directory;
    QProcess m_node;
};
