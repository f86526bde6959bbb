// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schemagenerator.h"

#include <QtCore/qstringlist.h>

#include <array>

using namespace Qt::StringLiterals;

static constexpr int DefinitionCount = 3;

static const QStringList Types = {u"null"_s,   u"boolean"_s, u"integer"_s, u"number"_s,
                                  u"string"_s, u"array"_s,   u"object"_s};
static const QStringList Texts = {u""_s, u"a"_s, u"ab"_s, u"b1"_s, u"ä"_s, u"😀"_s, u"A b"_s};

QJsonObject SchemaGenerator::schema()
{
    QJsonObject definitions;
    for (int i = 0; i < DefinitionCount; ++i) {
        m_firstDefinition = i + 1;
        definitions.insert(u"d%1"_s.arg(i), subschema(2));
    }
    m_firstDefinition = 0;
    QJsonObject result = subschema(3).toObject();
    result.insert(u"$defs"_s, definitions);
    return result;
}

QJsonValue SchemaGenerator::subschema(int depth)
{
    if (below(12) == 0)
        return below(2) == 0;
    static constexpr std::array<AddKeyword, 11> addKeyword = {
            &SchemaGenerator::addValueKeyword,  &SchemaGenerator::addValueKeyword,
            &SchemaGenerator::addNumberKeyword, &SchemaGenerator::addStringKeyword,
            &SchemaGenerator::addObjectKeyword, &SchemaGenerator::addObjectKeyword,
            &SchemaGenerator::addArrayKeyword,  &SchemaGenerator::addArrayKeyword,
            &SchemaGenerator::addLogicKeyword,  &SchemaGenerator::addUnevaluatedKeyword,
            &SchemaGenerator::addReference,
    };
    // At the innermost level only keywords without further schemas.
    const int kinds = depth > 0 ? int(addKeyword.size()) : 4;
    QJsonObject result;
    for (int count = 1 + below(3); count > 0; --count)
        (this->*addKeyword[std::size_t(below(kinds))])(&result, depth - 1);
    return result;
}

QJsonArray SchemaGenerator::subschemas(int depth)
{
    QJsonArray result;
    for (int count = 1 + below(3); count > 0; --count)
        result.append(subschema(depth));
    return result;
}

QString SchemaGenerator::name()
{
    return QString(QChar(u'a' + below(4)));
}

QJsonArray SchemaGenerator::names()
{
    QStringList result;
    for (int count = 1 + below(2); count > 0; --count)
        result.append(name());
    result.removeDuplicates();
    return QJsonArray::fromStringList(result);
}

QJsonValue SchemaGenerator::number()
{
    const int integer = below(13) - 4;
    return below(3) == 0 ? QJsonValue(integer / 4.0) : QJsonValue(integer);
}

QJsonValue SchemaGenerator::instance(int depth)
{
    switch (below(depth > 0 ? 9 : 5)) {
    case 0:
        return QJsonValue::Null;
    case 1:
        return below(2) == 0;
    case 2:
    case 3:
        return number();
    case 4:
        return Texts[below(int(Texts.size()))];
    case 5:
    case 6: {
        QJsonArray array;
        for (int count = below(4); count > 0; --count)
            array.append(instance(depth - 1));
        return array;
    }
    default: {
        QJsonObject object;
        for (int count = below(4); count > 0; --count)
            object.insert(name(), instance(depth - 1));
        return object;
    }
    }
}

void SchemaGenerator::addValueKeyword(QJsonObject *schema, int)
{
    switch (below(4)) {
    case 0:
        schema->insert(u"const"_s, instance(1));
        break;
    case 1:
        schema->insert(u"enum"_s, QJsonArray{instance(1), instance(1), instance(0), number()});
        break;
    case 2:
        schema->insert(u"type"_s, Types[below(int(Types.size()))]);
        break;
    default: {
        const int first = below(int(Types.size()));
        const int second = (first + 1 + below(int(Types.size()) - 1)) % int(Types.size());
        schema->insert(u"type"_s, QJsonArray{Types[first], Types[second]});
    }
    }
}

void SchemaGenerator::addNumberKeyword(QJsonObject *schema, int)
{
    const QStringList bounds
            = {u"minimum"_s, u"maximum"_s, u"exclusiveMinimum"_s, u"exclusiveMaximum"_s};
    if (below(5) == 0)
        schema->insert(u"multipleOf"_s, QJsonArray{1, 2, 3, 0.5}[below(4)]);
    else
        schema->insert(bounds[below(4)], number());
}

void SchemaGenerator::addStringKeyword(QJsonObject *schema, int)
{
    const QStringList patterns = {u"^a"_s, u"b$"_s, u"^[a-z]*$"_s, u"\\d"_s, u"^.$"_s, u"\\s"_s};
    switch (below(3)) {
    case 0:
        schema->insert(u"minLength"_s, below(3));
        break;
    case 1:
        schema->insert(u"maxLength"_s, below(3));
        break;
    default:
        schema->insert(u"pattern"_s, patterns[below(int(patterns.size()))]);
    }
}

void SchemaGenerator::addObjectKeyword(QJsonObject *schema, int depth)
{
    switch (below(9)) {
    case 0:
    case 1:
        schema->insert(u"properties"_s,
                       QJsonObject{{name(), subschema(depth)}, {name(), subschema(depth)}});
        break;
    case 2:
        schema->insert(u"patternProperties"_s, QJsonObject{{u"^[ab]"_s, subschema(depth)}});
        break;
    case 3:
        schema->insert(u"additionalProperties"_s, subschema(depth));
        break;
    case 4:
        schema->insert(u"required"_s, names());
        break;
    case 5:
        schema->insert(u"propertyNames"_s, QJsonObject{{u"enum"_s, names()}});
        break;
    case 6:
        schema->insert(u"dependentRequired"_s, QJsonObject{{name(), names()}});
        break;
    case 7:
        schema->insert(u"dependentSchemas"_s, QJsonObject{{name(), subschema(depth)}});
        break;
    default:
        schema->insert(below(2) == 0 ? u"minProperties"_s : u"maxProperties"_s, below(3));
    }
}

void SchemaGenerator::addArrayKeyword(QJsonObject *schema, int depth)
{
    switch (below(6)) {
    case 0:
        schema->insert(u"prefixItems"_s, subschemas(depth));
        break;
    case 1:
        schema->insert(u"items"_s, subschema(depth));
        break;
    case 2:
        schema->insert(u"contains"_s, subschema(depth));
        break;
    case 3:
        schema->insert(u"contains"_s, subschema(depth));
        schema->insert(below(2) == 0 ? u"minContains"_s : u"maxContains"_s, below(3));
        break;
    case 4:
        schema->insert(u"uniqueItems"_s, true);
        break;
    default:
        schema->insert(below(2) == 0 ? u"minItems"_s : u"maxItems"_s, below(3));
    }
}

void SchemaGenerator::addLogicKeyword(QJsonObject *schema, int depth)
{
    switch (below(5)) {
    case 0:
        schema->insert(u"allOf"_s, subschemas(depth));
        break;
    case 1:
        schema->insert(u"anyOf"_s, subschemas(depth));
        break;
    case 2:
        schema->insert(u"oneOf"_s, subschemas(depth));
        break;
    case 3:
        schema->insert(u"not"_s, subschema(depth));
        break;
    default:
        schema->insert(u"if"_s, subschema(depth));
        schema->insert(u"then"_s, subschema(depth));
        schema->insert(u"else"_s, subschema(depth));
    }
}

// Only false: what a schema around this one learns from any other, the reference overlooks.
void SchemaGenerator::addUnevaluatedKeyword(QJsonObject *schema, int)
{
    schema->insert(below(2) == 0 ? u"unevaluatedProperties"_s : u"unevaluatedItems"_s, false);
}

void SchemaGenerator::addReference(QJsonObject *schema, int)
{
    if (m_firstDefinition < DefinitionCount) {
        const int definition = m_firstDefinition + below(DefinitionCount - m_firstDefinition);
        schema->insert(u"$ref"_s, u"#/$defs/d%1"_s.arg(definition));
    }
}
