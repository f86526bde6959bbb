// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/dialect_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
constexpr Vocabularies AllVocabularies = Vocabulary::Core | Vocabulary::Applicator
                                         | Vocabulary::Unevaluated | Vocabulary::Validation
                                         | Vocabulary::FormatAnnotation | Vocabulary::Annotation;

constexpr std::array StandardDialects = {
        Dialect{Draft::Draft2020, AllVocabularies, "https://json-schema.org/draft/2020-12/schema"},
        Dialect{Draft::Draft2019, AllVocabularies, "https://json-schema.org/draft/2019-09/schema"},
        Dialect{Draft::Draft7, AllVocabularies, "http://json-schema.org/draft-07/schema"},
};

constexpr std::string_view Vocabularies2020 = "https://json-schema.org/draft/2020-12/vocab/";
constexpr std::string_view Vocabularies2019 = "https://json-schema.org/draft/2019-09/vocab/";

constexpr std::array<std::pair<std::string_view, Vocabulary>, 9> VocabularyNames = {{
        {"core", Vocabulary::Core},
        {"applicator", Vocabulary::Applicator},
        {"unevaluated", Vocabulary::Unevaluated},
        {"validation", Vocabulary::Validation},
        {"format-annotation", Vocabulary::FormatAnnotation},
        {"format-assertion", Vocabulary::FormatAssertion},
        {"format", Vocabulary::FormatAnnotation}, // of 2019-09
        {"meta-data", Vocabulary::Annotation},
        {"content", Vocabulary::Annotation},
}};

constexpr Drafts Every = Draft::Draft7 | Draft::Draft2019 | Draft::Draft2020;
constexpr Drafts Before2020 = Draft::Draft7 | Draft::Draft2019;
constexpr Drafts Since2019 = Draft::Draft2019 | Draft::Draft2020;
constexpr Drafts Only2020 = Draft::Draft2020;

constexpr auto Core = Vocabulary::Core;
constexpr auto Applicator = Vocabulary::Applicator;
constexpr auto Unevaluated = Vocabulary::Unevaluated;

constexpr std::array NestingKeywords = {
        NestingKeyword{"$defs", Nesting::Map, Since2019, Core, true},
        NestingKeyword{"definitions", Nesting::Map, Every, Core, true},
        NestingKeyword{"properties", Nesting::Map, Every, Applicator, true},
        NestingKeyword{"patternProperties", Nesting::Map, Every, Applicator, true},
        NestingKeyword{"additionalProperties", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"unevaluatedProperties", Nesting::Schema, Since2019, Unevaluated, true},
        NestingKeyword{"propertyNames", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"dependentSchemas", Nesting::Map, Since2019, Applicator, true},
        NestingKeyword{"dependencies", Nesting::MapWithNames, Every, Applicator, false},
        NestingKeyword{"prefixItems", Nesting::List, Only2020, Applicator, true},
        NestingKeyword{"items", Nesting::SchemaOrList, Before2020, Applicator, true},
        NestingKeyword{"items", Nesting::Schema, Only2020, Applicator, true},
        NestingKeyword{"additionalItems", Nesting::Schema, Before2020, Applicator, true},
        NestingKeyword{"unevaluatedItems", Nesting::Schema, Since2019, Unevaluated, true},
        NestingKeyword{"contains", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"allOf", Nesting::List, Every, Applicator, true},
        NestingKeyword{"anyOf", Nesting::List, Every, Applicator, true},
        NestingKeyword{"oneOf", Nesting::List, Every, Applicator, true},
        NestingKeyword{"not", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"if", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"then", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"else", Nesting::Schema, Every, Applicator, true},
        NestingKeyword{"contentSchema", Nesting::Schema, Since2019, Vocabulary::Annotation, false},
};
} // namespace

Dialect defaultDialect()
{
    return StandardDialects.front();
}

std::optional<Dialect> standardDialect(std::string_view uri)
{
    const auto dialect = std::ranges::find(StandardDialects, uri, &Dialect::metaschema);
    return dialect == StandardDialects.end() ? std::nullopt : std::optional(*dialect);
}

std::optional<Vocabulary> vocabularyByUri(std::string_view uri)
{
    for (const std::string_view prefix : {Vocabularies2020, Vocabularies2019}) {
        if (!uri.starts_with(prefix))
            continue;
        for (const auto &[name, vocabulary] : VocabularyNames) {
            if (uri.substr(prefix.size()) == name)
                return vocabulary;
        }
    }
    return std::nullopt;
}

std::span<const NestingKeyword> nestingKeywords()
{
    return NestingKeywords;
}

} // namespace IpcPrims::JsonSchema
