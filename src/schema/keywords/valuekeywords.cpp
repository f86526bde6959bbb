// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/json/decimal_p.h"

#include <array>
#include <utility>

// Assertions that valijson evaluates as the specification has it, given an adapter that knows what
// an integer is and when values are equal.

namespace IpcPrims::JsonSchema {

namespace {
using namespace valijson::constraints;
using JsonType = TypeConstraint::JsonType;

constexpr std::array<std::pair<std::string_view, JsonType>, 7> Types = {{
        {"array", TypeConstraint::kArray},
        {"boolean", TypeConstraint::kBoolean},
        {"integer", TypeConstraint::kInteger},
        {"null", TypeConstraint::kNull},
        {"number", TypeConstraint::kNumber},
        {"object", TypeConstraint::kObject},
        {"string", TypeConstraint::kString},
}};

void addType(TypeConstraint *constraint, const Value &name)
{
    for (const auto &[known, type] : Types) {
        if (name.text() == known)
            constraint->addNamedType(type);
    }
}

template<typename Type>
void compileCount(Compiler &compiler, const Value &schema, std::string_view keyword,
                  void (Type::*setCount)(uint64_t))
{
    if (const Value *argument = compiler.keyword(schema, keyword, Vocabulary::Validation)) {
        auto constraint = std::make_unique<Type>();
        (constraint.get()->*setCount)(toCount(*argument));
        compiler.add(keyword, *argument, std::move(constraint));
    }
}
} // namespace

void compileValueKeywords(Compiler &compiler, const Value &schema)
{
    if (const Value *type = compiler.keyword(schema, "type", Vocabulary::Validation)) {
        auto constraint = std::make_unique<TypeConstraint>();
        addType(constraint.get(), *type);
        for (const Value &name : type->elements())
            addType(constraint.get(), name);
        compiler.add("type", *type, std::move(constraint));
    }
    if (const Value *value = compiler.keyword(schema, "const", Vocabulary::Validation)) {
        auto constraint = std::make_unique<ConstConstraint>();
        constraint->setValue(Instance(&value, nullptr));
        compiler.add("const", *value, std::move(constraint));
    }
    if (const Value *values = compiler.keyword(schema, "enum", Vocabulary::Validation)) {
        auto constraint = std::make_unique<EnumConstraint>();
        for (const Value &value : values->elements())
            constraint->addValue(FrozenValue(value));
        compiler.add("enum", *values, std::move(constraint));
    }
    compileCount(compiler, schema, "minItems", &MinItemsConstraint::setMinItems);
    compileCount(compiler, schema, "maxItems", &MaxItemsConstraint::setMaxItems);
    compileCount(compiler, schema, "minProperties", &MinPropertiesConstraint::setMinProperties);
    compileCount(compiler, schema, "maxProperties", &MaxPropertiesConstraint::setMaxProperties);
}

} // namespace IpcPrims::JsonSchema
