// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <QtCore/qjsonobject.h>

namespace Bench {

/// Runs the workload of \a setup and returns named numbers; see Sample in the harness.
QJsonObject measure(Client &client, const Setup &setup, qint64 serverProcess,
                    std::chrono::milliseconds duration);

} // namespace Bench
