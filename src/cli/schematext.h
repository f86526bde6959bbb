// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "cli/options.h"

#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/schemaregistry.h>

namespace IpcPrims::Tool {

/// What `schema check` prints.
QByteArray problemsText(const QList<SchemaLoadError> &problems, OutputFormat format);

/// What `schema validate` prints; \a failure is nothing for a good payload.
QByteArray verdictText(const std::optional<PayloadValidator::Failure> &failure,
                       OutputFormat format);

} // namespace IpcPrims::Tool
