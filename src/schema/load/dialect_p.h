// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

#include <QtCore/qflags.h>

#include <optional>
#include <span>
#include <string_view>

namespace IpcPrims::JsonSchema {

enum class Draft : quint8 { Draft7 = 1, Draft2019 = 2, Draft2020 = 4 };
Q_DECLARE_FLAGS(Drafts, Draft)
Q_DECLARE_OPERATORS_FOR_FLAGS(Drafts)

enum class Vocabulary : quint16 {
    Core = 1,
    Applicator = 2,
    Unevaluated = 4,
    Validation = 8,
    FormatAnnotation = 16,
    FormatAssertion = 32,
    Annotation = 64, ///< Metadata and content: known, with nothing to check.
};
Q_DECLARE_FLAGS(Vocabularies, Vocabulary)
Q_DECLARE_OPERATORS_FOR_FLAGS(Vocabularies)

/// What a schema's \c $schema decides: which keywords it may use.
struct Dialect
{
    Draft draft = Draft::Draft2020;
    Vocabularies vocabularies;
    std::string_view metaschema; ///< The URI that schemas are checked against.

    bool has(Vocabulary vocabulary) const { return vocabularies.testFlag(vocabulary); }
};

/// Draft 2020-12, which a schema without \c $schema is written in.
Dialect defaultDialect();

/// The dialect of the specification's own meta-schemas; nothing for other URIs.
std::optional<Dialect> standardDialect(std::string_view uri);

/// The vocabulary of that URI, if we know it.
std::optional<Vocabulary> vocabularyByUri(std::string_view uri);

/// How a keyword holds further schemas.
enum class Nesting : quint8 { Schema, List, Map, SchemaOrList, MapWithNames };

struct NestingKeyword
{
    std::string_view name;
    Nesting nesting;
    Drafts drafts;
    Vocabulary vocabulary;
    bool isStrictModeReach; ///< Strict mode follows it, too.
};

/// All keywords with schemas in them.
std::span<const NestingKeyword> nestingKeywords();

/// Calls \a visit with each schema directly inside \a schema, as \a keyword holds them.
template<typename Visit>
void forEachNested(const Value &schema, const NestingKeyword &keyword, Visit visit)
{
    const Value *content = schema.find(keyword.name);
    if (!content)
        return;
    const bool isMap = keyword.nesting == Nesting::Map || keyword.nesting == Nesting::MapWithNames;
    if (isMap) {
        for (const Member &member : content->members()) {
            // Only draft 7's dependencies have lists of names beside schemas.
            if (keyword.nesting == Nesting::Map || !member.value.isArray())
                visit(member.value);
        }
    } else if (keyword.nesting == Nesting::Schema || !content->isArray()) {
        if (keyword.nesting != Nesting::List)
            visit(*content);
    } else {
        for (const Value &element : content->elements())
            visit(element);
    }
}

} // namespace IpcPrims::JsonSchema
