// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/options.h"

#include <IpcPrims/serviceinfo.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qlist.h>

namespace IpcPrims::Tool {

/// What `list` prints: one line of JSON, a table, or the paths alone.
QByteArray servicesText(const QList<ServiceInfo> &services, OutputFormat format,
                        const QDateTime &now);

} // namespace IpcPrims::Tool
