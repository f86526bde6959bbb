// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/resourceindex_p.h"

#include <algorithm>
#include <array>

// Strict mode, as the reference implementation defines it: a schema that speaks of objects and does
// not say what other members they may have allows none.

namespace IpcPrims::JsonSchema {

namespace {
bool speaksOfObjects(const Value &schema)
{
    constexpr std::array<std::string_view, 8> objectKeywords = {
            "properties", "patternProperties", "additionalProperties", "unevaluatedProperties",
            "required",   "dependentRequired", "dependentSchemas",     "propertyNames",
    };
    const Value *type = schema.find("type");
    if (type && type->isString())
        return type->text() == "object";
    if (type && type->isArray())
        return std::ranges::any_of(type->elements(),
                                   [](const Value &name) { return name.text() == "object"; });
    return std::ranges::any_of(objectKeywords,
                               [&](std::string_view keyword) { return schema.find(keyword); });
}
} // namespace

void ResourceIndex::closeObjects(const Value &schema)
{
    const auto context = m_contexts.find(&schema);
    if (context == m_contexts.end()) // of a resource that can't be used
        return;
    const Draft draft = context->second->dialect.draft;
    if (speaksOfObjects(schema) && !schema.find("additionalProperties"))
        m_closed.insert(&schema);
    for (const NestingKeyword &keyword : nestingKeywords()) {
        if (keyword.isStrictModeReach && keyword.drafts.testFlag(draft))
            forEachNested(schema, keyword, [&](const Value &nested) { closeObjects(nested); });
    }
}

} // namespace IpcPrims::JsonSchema
