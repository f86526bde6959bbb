// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/keywords/nametable_p.h"
#include "schema/keywords/propertykeywords_p.h"
#include "schema/pattern/pattern_p.h"

#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
using PropertyTable = NameTable<const Schema *>;
using PatternProperty = std::pair<Pattern, const Schema *>;

// The keywords properties, patternProperties and additionalProperties, in one walk over the
// members.
class PropertiesConstraint final : public Constraint
{
public:
    PropertiesConstraint(const std::vector<PropertyTable::Entry> &properties,
                         std::vector<PatternProperty> patterns, const Schema *additional,
                         bool isClosed)
        : m_properties(properties)
        , m_patterns(std::move(patterns))
        , m_additional(additional)
        , m_isClosed(isClosed)
    {}

    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        const std::span<const Member> members = value.members();
        bool isValid = true;
        std::size_t count = 0;
        for (; count < members.size() && (isValid || evaluation.wantsMore()); ++count)
            isValid = validateMember(members[count], count, evaluation) && isValid;
        // Each was looked for by its name, and what is in a large table is far away.
        evaluation.takeSteps(qsizetype(count) * (m_properties.isLarge() ? 6 : 1));
        return isValid;
    }

private:
    bool validateMember(const Member &member, std::size_t index, Evaluation &evaluation) const
    {
        const std::string_view name = member.key();
        if (name.size() > LongName
            && !evaluation.takeSteps(qsizetype(name.size() / Value::BytesPerStep)))
            return false;
        bool isValid = true;
        bool isKnown = false;
        if (const auto schema = m_properties.find(name)) {
            isKnown = true;
            isValid = evaluation.evaluateChild(**schema, member.value);
        }
        for (const auto &[pattern, schema] : m_patterns) {
            if (pattern.matches(name, evaluation)) {
                isKnown = true;
                isValid = evaluation.evaluateChild(*schema, member.value) && isValid;
            }
        }
        if (!isKnown && m_isClosed)
            return evaluation.report(member.value, nullptr);
        if (!isKnown && m_additional)
            isValid = evaluation.evaluateChild(*m_additional, member.value);
        if (isKnown || m_additional)
            evaluation.markEvaluated(index);
        return isValid;
    }

    static constexpr std::size_t LongName = 64;

    const PropertyTable m_properties;
    const std::vector<PatternProperty> m_patterns;
    const Schema *const m_additional; ///< May be null.
    const bool m_isClosed; ///< There may be no additional members.
};
} // namespace

void compileProperties(Compiler &compiler, const Value &schema)
{
    const Value *properties = compiler.keyword(schema, "properties", Vocabulary::Applicator);
    const Value *patterns = compiler.keyword(schema, "patternProperties", Vocabulary::Applicator);
    const Value *additional
            = compiler.keyword(schema, "additionalProperties", Vocabulary::Applicator);
    const bool isClosed = compiler.isClosed(schema)
                          || (additional && additional->isBoolean() && !additional->boolean());
    if (!properties && !patterns && !additional && !isClosed)
        return;

    std::vector<PropertyTable::Entry> entries;
    if (properties) {
        for (const Member &member : properties->members())
            entries.push_back({member.key(), &compiler.subschema(member.value)});
    }
    std::vector<PatternProperty> compiledPatterns;
    if (patterns) {
        for (const Member &member : patterns->members()) {
            auto pattern = compiler.pattern(member.key(), member.value);
            if (!pattern)
                return;
            compiledPatterns.emplace_back(std::move(*pattern), &compiler.subschema(member.value));
        }
    }
    const Schema *rest = additional && !isClosed ? &compiler.subschema(*additional) : nullptr;
    // What it reports itself is that a member is not allowed.
    compiler.add("additionalProperties", additional ? *additional : schema,
                 std::make_unique<PropertiesConstraint>(entries, std::move(compiledPatterns), rest,
                                                        isClosed),
                 true);
}

} // namespace IpcPrims::JsonSchema
