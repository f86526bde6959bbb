// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "plainschema.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace {
using Kind = PlainJson::Kind;

// The generator writes no number that a double doesn't hold.
double number(const PlainJson &value)
{
    return std::strtod(value.text.constData(), nullptr);
}

bool areEqual(const PlainJson &a, const PlainJson &b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case Kind::Null:
        return true;
    case Kind::Boolean:
    case Kind::String:
        return a.text == b.text;
    case Kind::Number:
        return number(a) == number(b);
    case Kind::Array:
        return std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(),
                          b.elements.end(), areEqual);
    case Kind::Object:
        return a.members.size() == b.members.size()
               && std::all_of(a.members.begin(), a.members.end(), [&](const PlainMember &member) {
                      const PlainJson *other = b.member(member.name.text);
                      return other && areEqual(member.value, *other);
                  });
    }
    return false;
}

bool hasType(const QByteArray &type, const PlainJson &value)
{
    switch (value.kind) {
    case Kind::Null:
        return type == "null";
    case Kind::Boolean:
        return type == "boolean";
    case Kind::Number:
        return type == "number"
               || (type == "integer" && number(value) == std::floor(number(value)));
    case Kind::String:
        return type == "string";
    case Kind::Array:
        return type == "array";
    case Kind::Object:
        return type == "object";
    }
    return false;
}

bool isTrue(const PlainJson *value)
{
    return value && value->kind == Kind::Boolean && value->text == "true";
}

// The keywords about numbers, texts, and what has a size.
bool meetsBounds(const PlainJson &schema, const PlainJson &value)
{
    const auto isBetween = [&](const char *min, const char *max, double size) {
        const PlainJson *least = schema.member(min);
        const PlainJson *most = schema.member(max);
        return (!least || size >= number(*least)) && (!most || size <= number(*most));
    };
    if (value.kind == Kind::Number) {
        const PlainJson *divisor = schema.member("multipleOf");
        if (divisor && std::fmod(number(value), number(*divisor)) != 0)
            return false;
        return isBetween("minimum", "maximum", number(value));
    }
    if (value.isString())
        return isBetween("minLength", "maxLength", double(value.text.size())); // ASCII
    if (value.kind == Kind::Array)
        return isBetween("minItems", "maxItems", double(value.elements.size()));
    if (value.kind == Kind::Object)
        return isBetween("minProperties", "maxProperties", double(value.members.size()));
    return true;
}

bool meetsArrayKeywords(const PlainJson &schema, const PlainJson &value)
{
    const std::vector<PlainJson> &elements = value.elements;
    const PlainJson *prefix = schema.member("prefixItems");
    const PlainJson *rest = schema.member("items");
    const std::size_t prefixSize = prefix ? prefix->elements.size() : 0;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (i < prefixSize && !isAllowed(prefix->elements[i], elements[i]))
            return false;
        if (i >= prefixSize && rest && !isAllowed(*rest, elements[i]))
            return false;
    }
    if (isTrue(schema.member("uniqueItems"))) {
        for (std::size_t i = 0; i < elements.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (areEqual(elements[i], elements[j]))
                    return false;
            }
        }
    }
    const PlainJson *contains = schema.member("contains");
    if (!contains)
        return true;
    const auto count = std::count_if(elements.begin(), elements.end(), [&](const PlainJson &one) {
        return isAllowed(*contains, one);
    });
    const PlainJson *min = schema.member("minContains");
    const PlainJson *max = schema.member("maxContains");
    return double(count) >= (min ? number(*min) : 1) && (!max || double(count) <= number(*max));
}

bool hasAll(const PlainJson &value, const std::vector<PlainJson> &names)
{
    return std::all_of(names.begin(), names.end(),
                       [&](const PlainJson &name) { return value.member(name.text) != nullptr; });
}

bool meetsObjectKeywords(const PlainJson &schema, const PlainJson &value)
{
    if (const PlainJson *required = schema.member("required")) {
        if (!hasAll(value, required->elements))
            return false;
    }
    if (const PlainJson *dependencies = schema.member("dependentRequired")) {
        for (const PlainMember &one : dependencies->members) {
            if (value.member(one.name.text) && !hasAll(value, one.value.elements))
                return false;
        }
    }
    if (const PlainJson *dependencies = schema.member("dependentSchemas")) {
        for (const PlainMember &one : dependencies->members) {
            if (value.member(one.name.text) && !isAllowed(one.value, value))
                return false;
        }
    }
    const PlainJson *properties = schema.member("properties");
    const PlainJson *others = schema.member("additionalProperties");
    const PlainJson *names = schema.member("propertyNames");
    return std::all_of(value.members.begin(), value.members.end(), [&](const PlainMember &member) {
        const PlainJson *own = properties ? properties->member(member.name.text) : nullptr;
        const PlainJson *applied = own ? own : others;
        return (!applied || isAllowed(*applied, member.value))
               && (!names || isAllowed(*names, member.name));
    });
}

bool meetsLogic(const PlainJson &schema, const PlainJson &value)
{
    const auto countAllowed = [&](const PlainJson &list) {
        return std::count_if(list.elements.begin(), list.elements.end(),
                             [&](const PlainJson &one) { return isAllowed(one, value); });
    };
    const PlainJson *all = schema.member("allOf");
    const PlainJson *any = schema.member("anyOf");
    const PlainJson *one = schema.member("oneOf");
    const PlainJson *negated = schema.member("not");
    const PlainJson *condition = schema.member("if");
    if ((all && countAllowed(*all) < std::ptrdiff_t(all->elements.size()))
        || (any && countAllowed(*any) == 0) || (one && countAllowed(*one) != 1)
        || (negated && isAllowed(*negated, value)))
        return false;
    if (!condition)
        return true;
    const PlainJson *branch = schema.member(isAllowed(*condition, value) ? "then" : "else");
    return !branch || isAllowed(*branch, value);
}
} // namespace

bool isAllowed(const PlainJson &schema, const PlainJson &value)
{
    if (schema.kind == Kind::Boolean)
        return isTrue(&schema);
    if (const PlainJson *type = schema.member("type")) {
        if (!hasType(type->text, value))
            return false;
    }
    if (const PlainJson *constant = schema.member("const")) {
        if (!areEqual(*constant, value))
            return false;
    }
    if (const PlainJson *values = schema.member("enum")) {
        if (std::none_of(values->elements.begin(), values->elements.end(),
                         [&](const PlainJson &one) { return areEqual(one, value); }))
            return false;
    }
    return meetsBounds(schema, value)
           && (value.kind != Kind::Array || meetsArrayKeywords(schema, value))
           && (value.kind != Kind::Object || meetsObjectKeywords(schema, value))
           && meetsLogic(schema, value);
}
