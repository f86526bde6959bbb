// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Schemas and values, both made from a script, get the verdict of a second, obvious implementation.

#include "plainjson.h"
#include "plainschema.h"
#include "require.h"

#include <IpcPrims/schemaregistry.h>

#include <fuzzer/FuzzedDataProvider.h>

#include <cstdio>

using namespace IpcPrims;

namespace {
/// Writes schemas and values of few words, so that they meet.
class SchemaScript
{
public:
    SchemaScript(const quint8 *data, size_t size)
        : m_script(data, size)
    {}

    QByteArray schema(int depth = 0)
    {
        constexpr int deepest = 4;
        if (depth == deepest || m_script.remaining_bytes() == 0)
            return pick({"true", "false", R"({"type":"integer"})", R"({"minLength":2})"});
        QByteArray text = "{";
        QList<QByteArray> used;
        for (int i = number(0, 4); i > 0; --i) {
            const auto [keyword, argument] = rule(depth);
            if (used.contains(keyword))
                continue;
            used.append(keyword);
            text += (text.size() > 1 ? ",\"" : "\"") + keyword + "\":" + argument;
        }
        return text + '}';
    }

    QByteArray value(int depth = 0)
    {
        constexpr int deepest = 3;
        const int choice = number(0, depth == deepest ? 1 : 3);
        if (choice < 2) {
            return pick({"null", "true", "false", "0", "1", "1.0", "2", "-1", "1.5", "1e0", "10",
                         "\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"abc\"", "3", "4.5"});
        }
        QByteArray text;
        const bool isArray = choice == 2;
        for (int i = number(0, isArray && number(0, 7) == 0 ? 12 : 3); i > 0; --i) {
            text += text.isEmpty() ? "" : ",";
            if (!isArray)
                text += name() + ':';
            text += value(depth + 1);
        }
        return isArray ? '[' + text + ']' : '{' + text + '}';
    }

private:
    using Words = std::initializer_list<const char *>;

    int number(int min, int max) { return m_script.ConsumeIntegralInRange(min, max); }
    QByteArray pick(Words words) { return *(words.begin() + number(0, int(words.size()) - 1)); }
    QByteArray name() { return pick({"\"a\"", "\"b\"", "\"ab\"", "\"\"", "\"abc\""}); }

    template<typename Item>
    QByteArray list(int min, Item item)
    {
        QByteArray text = item();
        for (int i = number(min, 3); i > 1; --i)
            text += ',' + item();
        return '[' + text + ']';
    }
    QByteArray names()
    {
        const QByteArray all = pick({"[]", R"(["a"])", R"(["b"])", R"(["a","b"])", R"(["","ab"])"});
        return all;
    }
    template<typename Item>
    QByteArray map(Item item)
    {
        return '{' + pick({"\"a\"", "\"b\"", "\"\""}) + ':' + item() + ",\"ab\":" + item() + '}';
    }

    // Its keyword and argument.
    std::pair<QByteArray, QByteArray> rule(int depth)
    {
        const auto inner = [&] { return schema(depth + 1); };
        switch (number(0, 17)) {
        case 0:
            return {"type", pick({"\"null\"", "\"boolean\"", "\"integer\"", "\"number\"",
                                  "\"string\"", "\"array\"", "\"object\""})};
        case 1:
            return {"const", value(1)};
        case 2:
            return {"enum", list(1, [&] { return value(2); })};
        case 3:
            return {"enum", largeEnum()};
        case 4:
            return {pick({"minimum", "maximum"}), pick({"0", "1", "1.5", "2.0", "-1"})};
        case 5:
            return {"multipleOf", pick({"1", "2", "0.5", "1.5"})};
        case 6:
            return {pick({"minLength", "maxLength", "minItems", "maxItems", "minProperties",
                          "maxProperties", "minContains", "maxContains"}),
                    pick({"0", "1", "2", "3.0"})};
        case 7:
            return {"uniqueItems", pick({"true", "false"})};
        case 8:
            return {pick({"items", "contains"}), inner()};
        case 9:
            return {"prefixItems", list(1, inner)};
        case 10:
            return {"required", names()};
        case 11:
            return {"dependentRequired", map([&] { return names(); })};
        case 12:
            return {"dependentSchemas", map(inner)};
        case 13:
            return {"properties", map(inner)};
        case 14:
            return {pick({"additionalProperties", "propertyNames"}), inner()};
        case 15:
            return {pick({"allOf", "anyOf", "oneOf"}), list(1, inner)};
        case 16:
            return {"not", inner()};
        default:
            return {pick({"if", "then", "else"}), inner()};
        }
    }

    // More values than are compared with one after the other.
    QByteArray largeEnum()
    {
        return "[[],{},\"a\",1.0,null,[1],{\"a\":1},2,3,10," + value(2) + ",[[1],{}]]";
    }

    FuzzedDataProvider m_script;
};

// A repeated member's last value counts, for which the plain implementation is too plain.
bool hasRepeatedMember(const PlainJson &value)
{
    for (const PlainMember &member : value.members) {
        int count = 0;
        value.member(member.name.text, &count);
        if (count > 1 || hasRepeatedMember(member.value))
            return true;
    }
    for (const PlainJson &element : value.elements) {
        if (hasRepeatedMember(element))
            return true;
    }
    return false;
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    SchemaScript script(data, size);
    const QByteArray schema = script.schema();
    SchemaRegistryBuilder builder;
    Error error = builder.registerSchema(1, schema);
    const auto registry = error ? nullptr : builder.build(&error);
    const auto plainSchema = PlainJson::parse(schema);
    require(plainSchema.has_value(), "the script writes JSON");
    // The meta-schema refuses an enum or const only by their form, which is always good here.
    require(registry != nullptr || hasRepeatedMember(*plainSchema), "the script writes schemas");
    if (!registry || hasRepeatedMember(*plainSchema))
        return 0;
    for (int i = 0; i < 4; ++i) {
        const QByteArray value = script.value();
        const auto plainValue = PlainJson::parse(value);
        require(plainValue.has_value(), "the script writes JSON");
        if (hasRepeatedMember(*plainValue))
            continue;
        const bool isGood = !registry->validate(1, value);
        if (isGood == isAllowed(*plainSchema, *plainValue))
            continue;
        std::fprintf(stderr, "schema %s\nvalue %s\nis taken as %s\n", schema.constData(),
                     value.constData(), isGood ? "good" : "bad");
        require(false, "both judges agree");
    }
    return 0;
}
