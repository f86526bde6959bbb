// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/engine/explanation_p.h"

#include "schema/json/excerpt_p.h"
#include "schema/load/pointer_p.h"
#include "schema/load/resource_p.h"

#include <QtCore/qstringbuilder.h>

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// A schema's own words may be quoted, but not at any length.
constexpr int LongestArgument = 80;
constexpr qsizetype LongestInstanceName = 40;
constexpr qsizetype LongestSchemaName = 100;

// What the keyword asks for. %1 stands for its argument.
constexpr std::array<std::pair<std::string_view, const char *>, 30> Texts = {{
        {"type", "is not of type %1"},
        {"const", "is not %1"},
        {"enum", "is not one of %1"},
        {"minItems", "has fewer than %1 items"},
        {"maxItems", "has more than %1 items"},
        {"minProperties", "has fewer than %1 properties"},
        {"maxProperties", "has more than %1 properties"},
        {"minLength", "is shorter than %1 characters"},
        {"maxLength", "is longer than %1 characters"},
        {"minimum", "is less than the minimum of %1"},
        {"maximum", "is greater than the maximum of %1"},
        {"exclusiveMinimum", "is less than or equal to the minimum of %1"},
        {"exclusiveMaximum", "is greater than or equal to the maximum of %1"},
        {"multipleOf", "is not a multiple of %1"},
        {"pattern", "does not match %1"},
        {"format", "is not a %1"},
        {"uniqueItems", "has non-unique elements"},
        {"contains",
         "does not contain as many items as it has to of those that the schema describes"},
        {"anyOf", "is not valid under any of the schemas listed in the 'anyOf' keyword"},
        {"oneOf", "is not valid under exactly one of the schemas listed in the 'oneOf' keyword"},
        {"not", "is what the schema excludes"},
        {"additionalProperties", "is an additional property, which is not allowed"},
        {"unevaluatedProperties", "is an unevaluated property, which is not allowed"},
        {"unevaluatedItems", "is an unevaluated item, which is not allowed"},
        {"items", "is an item that is not allowed"},
        {"prefixItems", "is an item that is not allowed"},
        {"propertyNames", "has a name that is not allowed"},
        {"required", "lacks %1, which is a required property"},
        {"dependentRequired", "lacks %1, which is required beside another property"},
        {"dependencies", "lacks %1, which is required beside another property"},
}};

QString keywordText(const Issue &issue)
{
    const std::string_view keyword = issue.keyword;
    if (keyword.empty())
        return QStringLiteral("is not allowed");
    const auto text = std::ranges::find(Texts, keyword, [](const auto &t) { return t.first; });
    if (text == Texts.end())
        return QStringLiteral("is not allowed by the schema");
    const QLatin1String words(text->second);
    const QLatin1String place("%1");
    const qsizetype before = words.indexOf(place);
    if (before < 0)
        return words;
    const QString argument = issue.argument ? excerpt(*issue.argument, LongestArgument) : QString();
    return words.first(before) % argument % words.sliced(before + place.size());
}
} // namespace

QString describe(const Issue &issue, int excerptLength)
{
    const QString subject = excerptLength > 0 ? excerpt(*issue.instance, excerptLength)
                                              : QStringLiteral("the value");
    return subject % u' ' % keywordText(issue);
}

QList<ValidationError> explain(const std::vector<Issue> &issues, const Value &message,
                               int excerptLength)
{
    std::vector<const Value *> places;
    places.reserve(issues.size());
    for (const Issue &issue : issues)
        places.push_back(issue.instance);
    const QStringList pointers = pointersTo(message, places, LongestInstanceName);

    QList<ValidationError> errors;
    errors.reserve(qsizetype(issues.size()) + 1);
    for (const Issue &issue : issues) {
        const Resource &resource = *issue.schema->resource;
        const QString schemaPointer = pointerTo(resource.source->document.root(),
                                                *issue.schema->source, LongestSchemaName);
        const QLatin1String keyword(issue.keyword.data(), qsizetype(issue.keyword.size()));
        ValidationError &error = errors.emplaceBack();
        error.instancePointer = pointers[errors.size() - 1];
        // Of a schema that is false the schema itself is what was not met.
        if (issue.schema->kind == Schema::Kind::Never)
            error.schemaPointer = resource.source->label % u'#' % schemaPointer;
        else
            error.schemaPointer = resource.source->label % u'#' % schemaPointer % u'/' % keyword;
        error.keyword = keyword;
        error.message = describe(issue, excerptLength);
    }
    return errors;
}

} // namespace IpcPrims::JsonSchema
