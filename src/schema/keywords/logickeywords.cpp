// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"

#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
using Schemas = std::vector<const Schema *>;

class AllOfConstraint final : public Constraint
{
public:
    explicit AllOfConstraint(Schemas schemas)
        : m_schemas(std::move(schemas))
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        bool isValid = true;
        std::size_t count = 0;
        while (count < m_schemas.size() && (isValid || evaluation.wantsMore()))
            isValid = evaluation.evaluate(*m_schemas[count++], value) && isValid;
        evaluation.takeStepsOfLoop(count);
        return isValid;
    }

private:
    const Schemas m_schemas;
};

class AnyOfConstraint final : public Constraint
{
public:
    explicit AnyOfConstraint(Schemas schemas)
        : m_schemas(std::move(schemas))
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        bool isValid = false;
        std::size_t count = 0;
        // Each of them may evaluate members that no other does.
        while (count < m_schemas.size() && (!isValid || evaluation.isTracking()))
            isValid = evaluation.evaluateTrial(*m_schemas[count++], value) || isValid;
        evaluation.takeStepsOfLoop(count);
        return isValid;
    }

private:
    const Schemas m_schemas;
};

class OneOfConstraint final : public Constraint
{
public:
    explicit OneOfConstraint(Schemas schemas)
        : m_schemas(std::move(schemas))
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        int validCount = 0;
        std::size_t count = 0;
        while (count < m_schemas.size() && validCount <= 1)
            validCount += evaluation.evaluateTrial(*m_schemas[count++], value) ? 1 : 0;
        evaluation.takeStepsOfLoop(count);
        return validCount == 1;
    }

private:
    const Schemas m_schemas;
};

class NotConstraint final : public Constraint
{
public:
    explicit NotConstraint(const Schema &schema)
        : m_schema(schema)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return !evaluation.evaluateTrial(m_schema, value);
    }

private:
    const Schema &m_schema;
};

class ConditionalConstraint final : public Constraint
{
public:
    /// \a thenSchema and \a elseSchema may be null.
    ConditionalConstraint(const Schema &condition, const Schema *thenSchema,
                          const Schema *elseSchema)
        : m_condition(condition)
        , m_then(thenSchema)
        , m_else(elseSchema)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        const Schema *schema = evaluation.evaluateTrial(m_condition, value) ? m_then : m_else;
        return !schema || evaluation.evaluate(*schema, value);
    }

private:
    const Schema &m_condition;
    const Schema *const m_then;
    const Schema *const m_else;
};

template<typename Type>
void compileList(Compiler &compiler, const Value &schema, std::string_view keyword,
                 bool explainsItself)
{
    const Value *list = compiler.keyword(schema, keyword, Vocabulary::Applicator);
    if (!list)
        return;
    Schemas schemas;
    for (const Value &element : list->elements())
        schemas.push_back(&compiler.inPlace(element));
    compiler.add(keyword, *list, std::make_unique<Type>(std::move(schemas)), explainsItself);
}
} // namespace

void compileLogicKeywords(Compiler &compiler, const Value &schema)
{
    compileList<AllOfConstraint>(compiler, schema, "allOf", true);
    compileList<AnyOfConstraint>(compiler, schema, "anyOf", false);
    compileList<OneOfConstraint>(compiler, schema, "oneOf", false);
    if (const Value *negated = compiler.keyword(schema, "not", Vocabulary::Applicator))
        compiler.add("not", *negated, std::make_unique<NotConstraint>(compiler.inPlace(*negated)));
    if (const Value *condition = compiler.keyword(schema, "if", Vocabulary::Applicator)) {
        const Value *thenValue = compiler.keyword(schema, "then", Vocabulary::Applicator);
        const Value *elseValue = compiler.keyword(schema, "else", Vocabulary::Applicator);
        compiler.add("if", *condition,
                     std::make_unique<ConditionalConstraint>(
                             compiler.inPlace(*condition),
                             thenValue ? &compiler.inPlace(*thenValue) : nullptr,
                             elseValue ? &compiler.inPlace(*elseValue) : nullptr),
                     true);
    }
}

} // namespace IpcPrims::JsonSchema
