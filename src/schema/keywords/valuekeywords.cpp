// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/json/decimal_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
using namespace valijson::constraints;

// What valijson evaluates as the specification has it, given an adapter that knows when values are
// equal.
template<typename Type>
class ValijsonConstraint final : public Constraint
{
public:
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return constraint.accept(evaluation.visitorOf(value));
    }

    Type constraint;
};

using Kinds = unsigned; ///< A bit for each Value::Kind.

constexpr Kinds bit(Value::Kind kind)
{
    return 1U << unsigned(kind);
}

// Nearly every schema asks for a type: valijson, which looks at a set of types with one virtual
// call after the other, took a tenth to a fifth of a validation for it.
class KindConstraint final : public Constraint
{
public:
    KindConstraint(Kinds kinds, bool acceptsWholeNumbers)
        : m_kinds(kinds)
        , m_acceptsWholeNumbers(acceptsWholeNumbers)
    {}
    bool isMetBy(const Value &value, Evaluation &) const override
    {
        return (m_kinds & bit(value.kind())) != 0
               || (m_acceptsWholeNumbers && value.isWholeNumber());
    }

private:
    const Kinds m_kinds;
    const bool m_acceptsWholeNumbers; ///< 1.0 is an integer, too, though not a Kind::Integer.
};

constexpr std::string_view Integer = "integer";

Kinds kindsOf(std::string_view type)
{
    using Kind = Value::Kind;
    constexpr std::array<std::pair<std::string_view, Kinds>, 7> types = {{
            {"array", bit(Kind::Array)},
            {"boolean", bit(Kind::Boolean)},
            {Integer, bit(Kind::Integer)},
            {"null", bit(Kind::Null)},
            {"number", bit(Kind::Integer) | bit(Kind::Decimal)},
            {"object", bit(Kind::Object)},
            {"string", bit(Kind::String)},
    }};
    const auto known = std::ranges::find(types, type, [](const auto &t) { return t.first; });
    return known == types.end() ? 0 : known->second;
}

std::unique_ptr<Constraint> typeConstraint(const Value &type)
{
    const std::span<const Value> names = type.isArray() ? type.elements() : std::span(&type, 1);
    Kinds kinds = 0;
    bool acceptsWholeNumbers = false;
    for (const Value &name : names) {
        kinds |= kindsOf(name.text());
        acceptsWholeNumbers |= name.text() == Integer;
    }
    return std::make_unique<KindConstraint>(kinds, acceptsWholeNumbers);
}

template<typename Type>
void compileCount(Compiler &compiler, const Value &schema, std::string_view keyword,
                  void (Type::*setCount)(uint64_t))
{
    if (const Value *argument = compiler.keyword(schema, keyword, Vocabulary::Validation)) {
        auto rule = std::make_unique<ValijsonConstraint<Type>>();
        (rule->constraint.*setCount)(toCount(*argument));
        compiler.add(keyword, *argument, std::move(rule));
    }
}
} // namespace

void compileValueKeywords(Compiler &compiler, const Value &schema)
{
    if (const Value *type = compiler.keyword(schema, "type", Vocabulary::Validation))
        compiler.add("type", *type, typeConstraint(*type));
    if (const Value *value = compiler.keyword(schema, "const", Vocabulary::Validation)) {
        auto rule = std::make_unique<ValijsonConstraint<ConstConstraint>>();
        rule->constraint.setValue(Instance(&value));
        compiler.add("const", *value, std::move(rule));
    }
    if (const Value *values = compiler.keyword(schema, "enum", Vocabulary::Validation)) {
        auto rule = std::make_unique<ValijsonConstraint<EnumConstraint>>();
        for (const Value &value : values->elements())
            rule->constraint.addValue(FrozenValue(value));
        compiler.add("enum", *values, std::move(rule));
    }
    compileCount(compiler, schema, "minItems", &MinItemsConstraint::setMinItems);
    compileCount(compiler, schema, "maxItems", &MaxItemsConstraint::setMaxItems);
    compileCount(compiler, schema, "minProperties", &MinPropertiesConstraint::setMinProperties);
    compileCount(compiler, schema, "maxProperties", &MaxPropertiesConstraint::setMaxProperties);
}

} // namespace IpcPrims::JsonSchema
