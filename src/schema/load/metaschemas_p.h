// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/evaluation_p.h"
#include "schema/load/resourceindex_p.h"

#include <optional>
#include <string_view>
#include <unordered_set>

namespace IpcPrims::JsonSchema {

/// Adds the meta-schemas of all drafts, so that schemas can refer to them.
void addMetaschemas(ResourceIndex *index);

/// What keeps a value from meeting a compiled schema, but for the \a exempt values in it. Draws
/// from \a steps; that these don't suffice is a fault, too.
std::optional<SchemaFault> findFault(const Schema &schema, const Value &value, bool tracksScope,
                                     const std::unordered_set<const Value *> &exempt,
                                     qsizetype *steps);
/// The same for a schema and the specification's meta-schema of that URI. A meta-schema of any
/// other URI finds nothing.
std::optional<SchemaFault> findMetaschemaFault(std::string_view metaschema, const Value &schema,
                                               const std::unordered_set<const Value *> &exempt,
                                               qsizetype *steps);

} // namespace IpcPrims::JsonSchema
