// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/json/decimal_p.h"

// Exact, where valijson compares doubles.

namespace IpcPrims::JsonSchema {

namespace {
class BoundConstraint final : public Constraint
{
public:
    using Test = bool (*)(int order);

    /// \a test judges how a number compares to \a bound, see compare().
    BoundConstraint(const Value &bound, Test test)
        : m_bound(bound)
        , m_work(workOnNumber(bound))
        , m_test(test)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (!value.isNumber())
            return true;
        const bool isQuick = value.kind() == Value::Kind::Integer && m_work == 0;
        if (!isQuick && !evaluation.takeSteps(workOnNumber(value) + m_work))
            return false;
        return m_test(compare(value, m_bound));
    }

private:
    const Value m_bound;
    const qsizetype m_work;
    const Test m_test;
};

class MultipleOfConstraint final : public Constraint
{
public:
    explicit MultipleOfConstraint(const Value &divisor)
        : m_divisor(divisor)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (!value.isNumber())
            return true;
        qsizetype work = 0;
        const bool isMultiple = m_divisor.divides(value, &work);
        return (work == 0 || evaluation.takeSteps(work)) && isMultiple;
    }

private:
    const Divisor m_divisor;
};

void compileBound(Compiler &compiler, const Value &schema, std::string_view keyword,
                  BoundConstraint::Test test)
{
    const Value *bound = compiler.keyword(schema, keyword, Vocabulary::Validation);
    if (bound && bound->isNumber())
        compiler.add(keyword, *bound, std::make_unique<BoundConstraint>(*bound, test));
}
} // namespace

void compileNumberKeywords(Compiler &compiler, const Value &schema)
{
    compileBound(compiler, schema, "minimum", [](int order) { return order >= 0; });
    compileBound(compiler, schema, "maximum", [](int order) { return order <= 0; });
    compileBound(compiler, schema, "exclusiveMinimum", [](int order) { return order > 0; });
    compileBound(compiler, schema, "exclusiveMaximum", [](int order) { return order < 0; });
    const Value *divisor = compiler.keyword(schema, "multipleOf", Vocabulary::Validation);
    if (!divisor || !divisor->isNumber())
        return;
    if (Divisor::isSupported(*divisor))
        compiler.add("multipleOf", *divisor, std::make_unique<MultipleOfConstraint>(*divisor));
    else
        compiler.fail(*divisor, QStringLiteral("has to be positive, with at most 18 significant "
                                               "digits"));
}

} // namespace IpcPrims::JsonSchema
