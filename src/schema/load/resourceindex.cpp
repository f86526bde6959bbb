// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/resourceindex_p.h"

#include "schema/load/pointer_p.h"
#include "schema/load/uri_p.h"

#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

std::string_view stringAt(const Value &schema, std::string_view keyword)
{
    const Value *value = schema.find(keyword);
    return value ? value->text() : std::string_view();
}

// A URI with an empty fragment, as draft 7 writes that of its meta-schema, is the same without it.
std::string_view withoutEmptyFragment(std::string_view uri)
{
    return uri.ends_with('#') ? uri.substr(0, uri.size() - 1) : uri;
}

// Whether the keyword's schemas are schemas in this dialect. That a vocabulary is left out takes a
// keyword its effect, but not the schemas in it their identity.
bool isInDraft(const NestingKeyword &keyword, Draft draft)
{
    return keyword.drafts.testFlag(draft);
}
} // namespace

void ResourceIndex::add(std::unique_ptr<Source> source)
{
    m_sources.push_back(std::move(source));
}

std::optional<LoadProblem> ResourceIndex::index()
{
    for (const auto &source : m_sources) {
        const Value &root = source->document.root();
        Resource *resource = makeResource(*source, root, source->uri);
        if (!resource || !applySchemaKeyword(resource) || !walk(root, resource))
            return m_problem;
        if (source->isStrict)
            closeObjects(root);
    }
    return std::nullopt;
}

Resource *ResourceIndex::resource(std::string_view uri) const
{
    const auto found = m_byUri.find(uri);
    return found == m_byUri.end() ? nullptr : found->second;
}

Resource *ResourceIndex::resource(const Source &source) const
{
    return m_byRoot.at(&source.document.root());
}

Resource *ResourceIndex::context(const Value &schema, Resource *fallback) const
{
    const auto found = m_contexts.find(&schema);
    return found == m_contexts.end() ? fallback : found->second;
}

std::optional<ResourceIndex::Location> ResourceIndex::resolve(std::string_view uri) const
{
    const UriParts parts = splitFragment(uri);
    Resource *found = resource(parts.uri);
    if (!found)
        return std::nullopt;
    if (parts.fragment.empty())
        return Location{found->root, found};

    const std::string fragment = percentDecoded(parts.fragment);
    if (!fragment.starts_with('/')) {
        const auto anchor = found->anchors.find(fragment);
        if (anchor == found->anchors.end())
            return std::nullopt;
        return Location{anchor->second, context(*anchor->second, found)};
    }
    // A pointer may lead into a resource with a URI of its own.
    const Value *schema = followPointer(*found->root, fragment, [&](const Value &passed) {
        if (const auto inner = m_byRoot.find(&passed); inner != m_byRoot.end())
            found = inner->second;
    });
    return schema ? std::optional(Location{schema, context(*schema, found)}) : std::nullopt;
}

Resource *ResourceIndex::makeResource(const Source &source, const Value &root,
                                      const std::string &uri)
{
    Resource &resource = m_resources.emplace_back();
    resource.source = &source;
    resource.uri = uri;
    resource.root = &root;
    resource.dialect = defaultDialect();
    m_byRoot.insert_or_assign(&root, &resource);
    return claimUri(uri, &resource, root) ? &resource : nullptr;
}

// One schema may serve several channels: then it does not matter which of them a URI leads to.
bool ResourceIndex::claimUri(const std::string &uri, Resource *resource, const Value &root)
{
    const auto [owner, isFirst] = m_byUri.emplace(uri, resource);
    const Source &source = *resource->source;
    const Source &other = *owner->second->source;
    if (isFirst
        || (&source != &other && source.text == other.text && source.isStrict == other.isStrict))
        return true;
    return fail(source, root, QStringLiteral("the URI \"%1\" is already in use").arg(text(uri)));
}

// The schema and everything in it. The depth of recursion is that of the JSON text.
bool ResourceIndex::walk(const Value &schema, Resource *resource)
{
    resource = enterResource(schema, resource);
    if (!resource)
        return false;
    m_contexts.emplace(&schema, resource);
    if (!hasDialectOf(*resource, schema) || !readIdentifiers(schema, resource))
        return false;

    bool isGood = true;
    for (const NestingKeyword &keyword : nestingKeywords()) {
        if (!isInDraft(keyword, resource->dialect.draft))
            continue;
        forEachNested(schema, keyword,
                      [&](const Value &nested) { isGood = isGood && walk(nested, resource); });
    }
    return isGood;
}

// The resource that the schema begins by its $id, or else the one that it is in; null on an error.
Resource *ResourceIndex::enterResource(const Value &schema, Resource *outer)
{
    const bool isDraft7 = outer->dialect.draft == Draft::Draft7;
    if (isDraft7 && schema.find("$ref"))
        return outer; // which makes draft 7 ignore everything beside it
    const std::string_view id = stringAt(schema, "$id");
    const UriParts parts = splitFragment(id);
    if (parts.uri.empty())
        return outer;

    const std::string uri = resolveUri(outer->uri, parts.uri);
    if (&schema == outer->root) { // known by what it was added as, too
        if (uri != outer->uri && !claimUri(uri, outer, schema))
            return nullptr;
        outer->uri = uri;
        return outer;
    }
    Resource *resource = makeResource(*outer->source, schema, uri);
    if (!resource)
        return nullptr;
    resource->dialect = outer->dialect;
    resource->outer = outer;
    if (!applySchemaKeyword(resource))
        return nullptr;
    if (resource->isOfOtherDialect())
        m_otherDialects.insert(&schema);
    return resource;
}

// A $schema without an $id beside it may not begin another dialect in the middle of a resource.
bool ResourceIndex::hasDialectOf(const Resource &resource, const Value &schema)
{
    const Value *keyword = schema.find("$schema");
    if (!keyword || &schema == resource.root
        || withoutEmptyFragment(keyword->text()) == resource.dialect.metaschema)
        return true;
    return fail(*resource.source, *keyword,
                QStringLiteral("a $schema other than that of the schema around needs an $id beside "
                               "it"));
}

bool ResourceIndex::readIdentifiers(const Value &schema, Resource *resource)
{
    switch (resource->dialect.draft) {
    case Draft::Draft7: {
        // An identifier that is nothing but a fragment is what later became an anchor.
        const std::string_view fragment = splitFragment(stringAt(schema, "$id")).fragment;
        if (!fragment.empty() && !schema.find("$ref"))
            resource->anchors.emplace(fragment, &schema);
        return true;
    }
    case Draft::Draft2019: {
        const Value *recursive = schema.find("$recursiveAnchor");
        if (recursive && recursive->boolean() && &schema == resource->root) {
            resource->isRecursiveAnchor = true;
            resource->dynamicAnchors.emplace(RecursiveAnchorName, &schema);
        }
        return addAnchor(schema, "$anchor", resource);
    }
    case Draft::Draft2020:
        if (const std::string_view name = stringAt(schema, "$dynamicAnchor"); !name.empty())
            resource->dynamicAnchors.emplace(name, &schema);
        return addAnchor(schema, "$anchor", resource)
               && addAnchor(schema, "$dynamicAnchor", resource);
    }
    return true;
}

bool ResourceIndex::addAnchor(const Value &schema, std::string_view keyword, Resource *resource)
{
    const std::string_view name = stringAt(schema, keyword);
    if (name.empty() || resource->anchors.emplace(name, &schema).second)
        return true;
    return resource->anchors.find(name)->second == &schema
           || fail(*resource->source, schema,
                   QStringLiteral("the anchor \"%1\" is already in use").arg(text(name)));
}

bool ResourceIndex::applySchemaKeyword(Resource *resource)
{
    const Value *keyword = resource->root->find("$schema");
    if (!keyword)
        return true;
    QString reason;
    const std::optional<Dialect> found = dialect(withoutEmptyFragment(keyword->text()), &reason);
    if (!found)
        return fail(*resource->source, *keyword, reason);
    resource->dialect = *found;
    return true;
}

// Sources are looked at as they are, since a meta-schema may be indexed later than its schemas.
const Value *ResourceIndex::metaschema(std::string_view uri) const
{
    for (const auto &source : m_sources) {
        const Value &root = source->document.root();
        const std::string_view id = splitFragment(stringAt(root, "$id")).uri;
        if (source->uri == uri || resolveUri(source->uri, id) == uri)
            return &root;
    }
    return nullptr;
}

std::optional<Dialect> ResourceIndex::dialect(std::string_view uri, QString *reason) const
{
    if (const auto standard = standardDialect(uri))
        return standard;
    const Value *schema = metaschema(uri);
    if (!schema) {
        *reason = QStringLiteral("unknown $schema \"%1\"").arg(text(uri));
        return std::nullopt;
    }

    Dialect result = standardDialect(withoutEmptyFragment(stringAt(*schema, "$schema")))
                             .value_or(defaultDialect());
    result.metaschema = uri;
    const Value *vocabularies = schema->find("$vocabulary");
    if (!vocabularies)
        return result;
    result.vocabularies = Vocabulary::Core;
    for (const Member &member : vocabularies->members()) {
        if (const auto vocabulary = vocabularyByUri(member.key())) {
            result.vocabularies |= *vocabulary;
        } else if (member.value.boolean()) {
            *reason = QStringLiteral("the $schema requires the unknown vocabulary \"%1\"")
                              .arg(text(member.key()));
            return std::nullopt;
        }
    }
    // Draft 2019-09 had these keywords in its applicator vocabulary.
    if (result.draft == Draft::Draft2019 && result.has(Vocabulary::Applicator))
        result.vocabularies |= Vocabulary::Unevaluated;
    return result;
}

bool ResourceIndex::fail(const Source &source, const Value &place, const QString &reason)
{
    constexpr qsizetype longestName = 100;
    m_problem = LoadProblem{source.label, pointerTo(source.document.root(), place, longestName),
                            reason};
    return false;
}

} // namespace IpcPrims::JsonSchema
