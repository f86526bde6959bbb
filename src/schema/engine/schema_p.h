// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/constraint_p.h"
#include "schema/json/value_p.h"

#include <memory>
#include <string_view>
#include <vector>

namespace IpcPrims::JsonSchema {

struct Resource;

/// A keyword, or several that belong together, ready for validation.
struct Rule
{
    std::unique_ptr<const Constraint> constraint;
    std::string_view keyword;
    const Value *argument; ///< What the keyword says in the schema.
    /// It reports what is wrong, or leaves that to the schemas it applies.
    bool explainsItself;
};

/// A compiled schema: true, false, or rules that all have to be met.
struct Schema
{
    enum class Kind : quint8 { Rules, Always, Never };

    Kind kind = Kind::Rules;
    /// One of the rules wants to know what the others have evaluated.
    bool needsEvaluated = false;
    /// What it takes to go through the rules, whatever they do.
    quint32 steps = 1;
    const Value *source = nullptr;
    const Resource *resource = nullptr;
    std::vector<Rule> rules;
    /// Schemas that are applied to the same value; a loop among them would never end.
    std::vector<const Schema *> sameInstance;
};

} // namespace IpcPrims::JsonSchema
