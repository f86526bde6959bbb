// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"

namespace IpcPrims::JsonSchema {

namespace {
// A schema for the members, or the elements, that no other keyword has evaluated.
class UnevaluatedConstraint final : public Constraint
{
public:
    UnevaluatedConstraint(const Schema &schema, Value::Kind container)
        : m_schema(schema)
        , m_container(container)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (value.kind() != m_container)
            return true;
        const std::span<const Value> elements = value.elements();
        const std::span<const Member> members = value.members();
        bool isValid = true;
        std::size_t i = 0;
        for (; i < elements.size() + members.size(); ++i) {
            if (evaluation.isEvaluated(i))
                continue;
            const Value &child = elements.empty() ? members[i].value : elements[i];
            isValid = validateChild(child, evaluation) && isValid;
            evaluation.markEvaluated(i);
            if (!isValid && !evaluation.wantsMore())
                break;
        }
        evaluation.takeStepsOfLoop(i);
        return isValid;
    }

private:
    bool validateChild(const Value &child, Evaluation &evaluation) const
    {
        if (m_schema.kind == Schema::Kind::Never)
            return evaluation.report(child, nullptr);
        return evaluation.evaluateChild(m_schema, child);
    }

    const Schema &m_schema;
    const Value::Kind m_container;
};

void compileUnevaluated(Compiler &compiler, const Value &schema, std::string_view keyword,
                        Value::Kind container)
{
    const Value *rest = compiler.keyword(schema, keyword, Vocabulary::Unevaluated,
                                         Draft::Draft2019 | Draft::Draft2020);
    if (!rest)
        return;
    compiler.needEvaluated();
    compiler.add(keyword, *rest,
                 std::make_unique<UnevaluatedConstraint>(compiler.subschema(*rest), container),
                 true);
}
} // namespace

void compileUnevaluatedKeywords(Compiler &compiler, const Value &schema)
{
    compileUnevaluated(compiler, schema, "unevaluatedItems", Value::Kind::Array);
    compileUnevaluated(compiler, schema, "unevaluatedProperties", Value::Kind::Object);
}

} // namespace IpcPrims::JsonSchema
