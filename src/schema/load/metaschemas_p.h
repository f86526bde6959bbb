// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/evaluation_p.h"
#include "schema/load/resourceindex_p.h"

#include <string_view>
#include <unordered_set>
#include <vector>

namespace IpcPrims::JsonSchema {

/// Adds the meta-schemas of all drafts, so that schemas can refer to them.
void addMetaschemas(ResourceIndex *index);

/*!
    Checks a schema against the specification's meta-schema of that URI, but not the \a exempt ones
    in it. Returns whether it found something; \a issues then holds it. A meta-schema of any other
    URI finds nothing.
*/
bool findMetaschemaIssue(std::string_view metaschema, const Value &schema,
                         const std::unordered_set<const Value *> &exempt,
                         std::vector<Issue> *issues);

} // namespace IpcPrims::JsonSchema
