// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/resourceindex_p.h"

#include "schema/json/shorttext_p.h"
#include "schema/load/pointer_p.h"
#include "schema/load/uri_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
constexpr qsizetype LongestName = 100; // of a schema's place in messages

// An $id of three bytes makes a URI as long as that of the schema around.
constexpr std::size_t LargestUriMemory = std::size_t(32) << 20;

// For a message.
QString text(std::string_view utf8)
{
    return cutText(utf8, LongestName);
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

void ResourceIndex::index()
{
    findTwins();
    findMetaschemas();
    for (const auto &source : m_sources) {
        const Value &root = source->document.root();
        Resource *resource = makeResource(*source, root, source->uri);
        if (applySchemaKeyword(resource))
            walk(root, resource);
        if (source->isStrict)
            closeObjects(root);
    }
}

void ResourceIndex::findTwins()
{
    std::unordered_map<std::string_view, std::array<const Source *, 2>> byText;
    for (const auto &source : m_sources) {
        const QByteArray &json = source->text;
        const Source *&first
                = byText[{json.constData(), std::size_t(json.size())}][source->isStrict ? 1 : 0];
        first = first ? first : source.get();
        source->twin = first;
    }
}

// Before anything else, since a meta-schema may be indexed later than its schemas.
void ResourceIndex::findMetaschemas()
{
    for (const auto &source : m_sources) {
        const Value &root = source->document.root();
        const std::string_view id = splitFragment(stringAt(root, "$id")).uri;
        m_metaschemas.emplace(source->uri, &root);
        if (id.size() <= LongestUri)
            m_metaschemas.emplace(resolveUri(source->uri, id), &root);
    }
}

std::vector<LoadProblem> ResourceIndex::problems() const
{
    std::vector<LoadProblem> problems;
    for (const auto &source : m_sources) {
        const std::vector<Resource *> &resources = resourcesOf(*source);
        const auto broken = std::ranges::find_if(
                resources, [](const Resource *resource) { return resource->fault.has_value(); });
        if (broken == resources.end())
            continue;
        const SchemaFault &fault = *(*broken)->fault;
        problems.push_back({source->label,
                            pointerTo(source->document.root(), *fault.place, LongestName),
                            fault.reason});
    }
    return problems;
}

void ResourceIndex::forgetSchemas()
{
    for (Resource &resource : m_resources)
        resource.dynamicSchemas.clear();
}

const std::vector<Resource *> &ResourceIndex::resourcesOf(const Source &source) const
{
    return m_bySource.at(&source);
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
    m_bySource[&source].push_back(&resource);
    claimUri(uri, &resource, root);
    return &resource;
}

// One schema may serve several channels: then it does not matter which of them a URI leads to. Of
// others the first one has the URI, and the second can't be used.
void ResourceIndex::claimUri(const std::string &uri, Resource *resource, const Value &root)
{
    const auto [owner, isFirst] = m_byUri.emplace(uri, resource);
    if (isFirst || owner->second == resource)
        return;
    const Source &source = *resource->source;
    const Source &other = *owner->second->source;
    if (&source == &other || source.twin != other.twin)
        fail(resource, root, QStringLiteral("the URI \"%1\" is already in use").arg(text(uri)));
}

// The schema and everything in it. The depth of recursion is that of the JSON text.
void ResourceIndex::walk(const Value &schema, Resource *outer)
{
    Resource *resource = enterResource(schema, outer);
    if (!resource)
        return;
    m_contexts.emplace(&schema, resource);
    if (!hasDialectOf(resource, schema))
        return;
    readIdentifiers(schema, resource);
    for (const NestingKeyword &keyword : nestingKeywords()) {
        if (isInDraft(keyword, resource->dialect.draft))
            forEachNested(schema, keyword, [&](const Value &nested) { walk(nested, resource); });
    }
}

// The resource that the schema begins by its $id, or else the one that it is in; null if nobody can
// say what is a schema in it.
Resource *ResourceIndex::enterResource(const Value &schema, Resource *outer)
{
    const bool isDraft7 = outer->dialect.draft == Draft::Draft7;
    if (isDraft7 && schema.find("$ref"))
        return outer; // which makes draft 7 ignore everything beside it
    const std::string_view id = stringAt(schema, "$id");
    const UriParts parts = splitFragment(id);
    if (parts.uri.empty())
        return outer;

    const std::optional<std::string> uri = makeUri(schema, outer, parts.uri);
    if (!uri)
        return outer;
    if (&schema == outer->root) { // known by what it was added as, too
        if (*uri != outer->uri)
            claimUri(*uri, outer, schema);
        outer->uri = *uri;
        return outer;
    }
    Resource *resource = makeResource(*outer->source, schema, *uri);
    resource->dialect = outer->dialect;
    resource->outer = outer;
    const bool isKnown = applySchemaKeyword(resource);
    if (!isKnown || resource->isOfOtherDialect())
        m_otherDialects.insert(&schema);
    return isKnown ? resource : nullptr;
}

// Nothing, and a fault of the resource around, if there is too much of it.
std::optional<std::string> ResourceIndex::makeUri(const Value &schema, Resource *outer,
                                                  std::string_view id)
{
    std::string uri = id.size() > LongestUri ? std::string() : resolveUri(outer->uri, id);
    if (uri.empty() || uri.size() > LongestUri) {
        fail(outer, schema,
             QStringLiteral("the URI that $id makes has more than %1 bytes").arg(LongestUri));
        return std::nullopt;
    }
    m_uriBytes += uri.size();
    if (m_uriBytes > LargestUriMemory) {
        fail(outer, schema,
             QStringLiteral("with this one, the URIs of all schemas have more than %1 bytes")
                     .arg(LargestUriMemory));
        return std::nullopt;
    }
    return uri;
}

// A $schema without an $id beside it may not begin another dialect in the middle of a resource.
bool ResourceIndex::hasDialectOf(Resource *resource, const Value &schema)
{
    const Value *keyword = schema.find("$schema");
    if (!keyword || &schema == resource->root
        || withoutEmptyFragment(keyword->text()) == resource->dialect.metaschema)
        return true;
    fail(resource, *keyword,
         QStringLiteral("a $schema other than that of the schema around needs an $id beside it"));
    return false;
}

void ResourceIndex::readIdentifiers(const Value &schema, Resource *resource)
{
    switch (resource->dialect.draft) {
    case Draft::Draft7: {
        // An identifier that is nothing but a fragment is what later became an anchor.
        const std::string_view fragment = splitFragment(stringAt(schema, "$id")).fragment;
        if (!fragment.empty() && !schema.find("$ref"))
            resource->anchors.emplace(fragment, &schema);
        break;
    }
    case Draft::Draft2019: {
        const Value *recursive = schema.find("$recursiveAnchor");
        if (recursive && recursive->boolean() && &schema == resource->root) {
            resource->isRecursiveAnchor = true;
            resource->dynamicAnchors.emplace(RecursiveAnchorName, &schema);
        }
        addAnchor(schema, "$anchor", resource);
        break;
    }
    case Draft::Draft2020:
        if (const std::string_view name = stringAt(schema, "$dynamicAnchor"); !name.empty())
            resource->dynamicAnchors.emplace(name, &schema);
        addAnchor(schema, "$anchor", resource);
        addAnchor(schema, "$dynamicAnchor", resource);
        break;
    }
}

void ResourceIndex::addAnchor(const Value &schema, std::string_view keyword, Resource *resource)
{
    const std::string_view name = stringAt(schema, keyword);
    if (name.empty())
        return;
    const auto [anchor, isFirst] = resource->anchors.emplace(name, &schema);
    if (!isFirst && anchor->second != &schema)
        fail(resource, schema,
             QStringLiteral("the anchor \"%1\" is already in use").arg(text(name)));
}

bool ResourceIndex::applySchemaKeyword(Resource *resource)
{
    const Value *keyword = resource->root->find("$schema");
    if (!keyword)
        return true;
    const KnownDialect &known = dialect(withoutEmptyFragment(keyword->text()));
    if (known.dialect)
        resource->dialect = *known.dialect;
    else
        fail(resource, *keyword, known.reason);
    return known.dialect.has_value();
}

const ResourceIndex::KnownDialect &ResourceIndex::dialect(std::string_view uri)
{
    const auto known = m_dialects.find(uri);
    if (known != m_dialects.end())
        return known->second;
    const auto added = m_dialects.emplace(uri, KnownDialect()).first;
    added->second = readDialect(added->first); // whose URI stays where it is
    return added->second;
}

ResourceIndex::KnownDialect ResourceIndex::readDialect(std::string_view uri) const
{
    if (const auto standard = standardDialect(uri))
        return {standard, {}};
    const auto metaschema = m_metaschemas.find(uri);
    if (metaschema == m_metaschemas.end())
        return {std::nullopt, QStringLiteral("unknown $schema \"%1\"").arg(text(uri))};

    const Value &schema = *metaschema->second;
    Dialect result = standardDialect(withoutEmptyFragment(stringAt(schema, "$schema")))
                             .value_or(defaultDialect());
    result.metaschema = uri;
    const Value *vocabularies = schema.find("$vocabulary");
    if (!vocabularies)
        return {result, {}};
    result.vocabularies = Vocabulary::Core;
    for (const Member &member : vocabularies->members()) {
        if (const auto vocabulary = vocabularyByUri(member.key())) {
            result.vocabularies |= *vocabulary;
        } else if (member.value.boolean()) {
            return {std::nullopt,
                    QStringLiteral("the $schema requires the unknown vocabulary \"%1\"")
                            .arg(text(member.key()))};
        }
    }
    // Draft 2019-09 had these keywords in its applicator vocabulary.
    if (result.draft == Draft::Draft2019 && result.has(Vocabulary::Applicator))
        result.vocabularies |= Vocabulary::Unevaluated;
    return {result, {}};
}

// The first fault stays.
void ResourceIndex::fail(Resource *resource, const Value &place, const QString &reason)
{
    if (!resource->fault)
        resource->fault = SchemaFault{&place, reason};
}

} // namespace IpcPrims::JsonSchema
