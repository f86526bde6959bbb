// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"

#include <string>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
class ReferenceConstraint final : public Constraint
{
public:
    explicit ReferenceConstraint(const Schema &target)
        : m_target(target)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return evaluation.evaluate(m_target, value);
    }

private:
    const Schema &m_target;
};

// A reference whose target depends on the references that led to it.
class DynamicReferenceConstraint final : public Constraint
{
public:
    DynamicReferenceConstraint(std::string name, const Schema &fallback)
        : m_name(std::move(name))
        , m_fallback(fallback)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return evaluation.evaluate(evaluation.dynamicTarget(m_name, m_fallback), value);
    }

private:
    const std::string m_name;
    const Schema &m_fallback;
};

void compileReference(Compiler &compiler, const Value &schema, std::string_view keyword,
                      Drafts drafts, bool isDynamic)
{
    const Value *uri = compiler.keyword(schema, keyword, Vocabulary::Core, drafts);
    if (!uri)
        return;
    const Schema &target = compiler.reference(*uri);
    std::string name = isDynamic ? compiler.dynamicAnchor(*uri) : std::string();
    std::unique_ptr<Constraint> constraint;
    if (name.empty())
        constraint = std::make_unique<ReferenceConstraint>(target);
    else
        constraint = std::make_unique<DynamicReferenceConstraint>(std::move(name), target);
    compiler.add(keyword, *uri, std::move(constraint), true);
}
} // namespace

void compileReferenceKeywords(Compiler &compiler, const Value &schema)
{
    compileReference(compiler, schema, "$ref", Draft::Draft7 | Draft::Draft2019 | Draft::Draft2020,
                     false);
    compileReference(compiler, schema, "$recursiveRef", Draft::Draft2019, true);
    compileReference(compiler, schema, "$dynamicRef", Draft::Draft2020, true);
}

} // namespace IpcPrims::JsonSchema
