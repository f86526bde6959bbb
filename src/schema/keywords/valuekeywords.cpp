// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/json/decimal_p.h"
#include "schema/json/hashslots_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// What valijson evaluates as the specification has it.
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
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        return (m_kinds & bit(value.kind())) != 0
               || (m_acceptsWholeNumbers && isWholeNumber(value, evaluation));
    }

private:
    static bool isWholeNumber(const Value &value, Evaluation &evaluation)
    {
        return value.kind() == Value::Kind::Decimal && evaluation.takeSteps(workOnNumber(value))
               && value.isWholeNumber();
    }

    const Kinds m_kinds;
    const bool m_acceptsWholeNumbers; ///< 1.0 is an integer, too, though not a Kind::Integer.
};

class ConstConstraint final : public Constraint
{
public:
    explicit ConstConstraint(const Value &constant)
        : m_constant(constant)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        qsizetype work = 0;
        const bool isEqual = value.equals(m_constant, &work);
        return evaluation.takeSteps(work) && isEqual;
    }

private:
    const Value m_constant;
};

// A few values are compared with one after the other; of many the one that it can be is looked up.
class EnumConstraint final : public Constraint
{
public:
    explicit EnumConstraint(std::span<const Value> values)
        : m_values(values)
    {
        for (const Value &value : values)
            m_kinds |= bit(value.kind());
        if ((m_kinds & Numbers) != 0) // 1 equals 1.0
            m_kinds |= Numbers;
        if (values.size() <= LargestUnhashed)
            return;
        m_slots.resize(slotCount(values.size()));
        for (std::size_t i = 0; i < values.size(); ++i) {
            qsizetype work = 0;
            const size_t hash = values[i].hash(&work);
            HashSlot &slot = m_slots[find(values[i], hash, &work)];
            if (slot.isEmpty())
                slot = HashSlot(i, hash);
        }
    }
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        // Nor is a large array hashed where nothing but strings would do.
        if ((m_kinds & bit(value.kind())) == 0)
            return false;
        qsizetype work = 0;
        bool isOneOf = false;
        if (m_slots.empty()) {
            isOneOf = std::ranges::any_of(m_values, [&](const Value &candidate) {
                return value.equals(candidate, &work);
            });
        } else {
            const size_t hash = value.hash(&work);
            isOneOf = !m_slots[find(value, hash, &work)].isEmpty();
        }
        return evaluation.takeSteps(work) && isOneOf;
    }

private:
    static constexpr std::size_t LargestUnhashed = 8;
    static constexpr Kinds Numbers = bit(Value::Kind::Integer) | bit(Value::Kind::Decimal);

    std::size_t find(const Value &value, size_t hash, qsizetype *work) const
    {
        return findSlot(m_slots, hash, [&](quint32 i) { return m_values[i].equals(value, work); });
    }

    const std::span<const Value> m_values;
    Kinds m_kinds = 0;
    std::vector<HashSlot> m_slots;
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
    if (const Value *value = compiler.keyword(schema, "const", Vocabulary::Validation))
        compiler.add("const", *value, std::make_unique<ConstConstraint>(*value));
    if (const Value *values = compiler.keyword(schema, "enum", Vocabulary::Validation))
        compiler.add("enum", *values, std::make_unique<EnumConstraint>(values->elements()));
    compileCount(compiler, schema, "minItems",
                 &valijson::constraints::MinItemsConstraint::setMinItems);
    compileCount(compiler, schema, "maxItems",
                 &valijson::constraints::MaxItemsConstraint::setMaxItems);
    compileCount(compiler, schema, "minProperties",
                 &valijson::constraints::MinPropertiesConstraint::setMinProperties);
    compileCount(compiler, schema, "maxProperties",
                 &valijson::constraints::MaxPropertiesConstraint::setMaxProperties);
}

} // namespace IpcPrims::JsonSchema
