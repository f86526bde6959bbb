// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "plainjson.h"

/// Whether the schema, with any of the keywords that SchemaScript writes, allows the value: a
/// second opinion for the fuzzers, in the words of the specification.
bool isAllowed(const PlainJson &schema, const PlainJson &value);
