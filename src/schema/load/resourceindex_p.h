// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/load/resource_p.h"

#include <QtCore/qstring.h>

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace IpcPrims::JsonSchema {

/*!
    Everything that references may name: sources, the resources in them, their anchors. Nothing is
    ever fetched: what was not added does not exist.
*/
class ResourceIndex
{
public:
    struct Location
    {
        const Value *schema = nullptr;
        Resource *resource = nullptr;
    };

    /// Takes a parsed source in. References to it can be resolved once all have been indexed.
    void add(std::unique_ptr<Source> source);

    /// Finds the resources in all sources. What is wrong with one is kept there: it matters as soon
    /// as somebody uses the resource.
    void index();
    /// What is wrong with resources, the first one of each source.
    std::vector<LoadProblem> problems() const;
    /// Forgets what an earlier compiler has left in the resources.
    void forgetSchemas();

    const std::deque<std::unique_ptr<Source>> &sources() const { return m_sources; }
    /// Those in a source, that at its top being the first.
    const std::vector<Resource *> &resourcesOf(const Source &source) const;
    /// Resources in resources of another dialect.
    const std::unordered_set<const Value *> &otherDialects() const { return m_otherDialects; }

    /// The resource with that URI, which has no fragment; a null pointer if there is none.
    Resource *resource(std::string_view uri) const;
    /// The resource at the top of a source.
    Resource *resource(const Source &source) const;

    /// What the absolute \a uri, with or without fragment, names; nothing if that does not exist.
    std::optional<Location> resolve(std::string_view uri) const;

    /// Whether a keyword that we know has this schema in it, so that its meta-schema has seen it.
    bool isKnownSchema(const Value &schema) const { return m_contexts.count(&schema) > 0; }
    /// The resource that a known schema belongs to, else \a fallback.
    Resource *context(const Value &schema, Resource *fallback) const;

    /// Whether strict mode forbids members of this schema's objects that it doesn't name.
    bool isClosed(const Value &schema) const { return m_closed.count(&schema) > 0; }

private:
    Resource *makeResource(const Source &source, const Value &root, const std::string &uri);
    /// What a $schema stands for: a dialect, or the reason why it can't be used.
    struct KnownDialect
    {
        std::optional<Dialect> dialect;
        QString reason;
    };

    void findTwins();
    void findMetaschemas();
    std::optional<std::string> makeUri(const Value &schema, Resource *outer, std::string_view id);
    void claimUri(const std::string &uri, Resource *resource, const Value &root);
    const KnownDialect &dialect(std::string_view uri);
    KnownDialect readDialect(std::string_view uri) const;
    void walk(const Value &schema, Resource *resource);
    Resource *enterResource(const Value &schema, Resource *outer);
    void readIdentifiers(const Value &schema, Resource *resource);
    void addAnchor(const Value &schema, std::string_view keyword, Resource *resource);
    bool applySchemaKeyword(Resource *resource);
    bool hasDialectOf(Resource *resource, const Value &schema);
    void closeObjects(const Value &schema);
    static void fail(Resource *resource, const Value &place, const QString &reason);

    std::deque<std::unique_ptr<Source>> m_sources;
    std::deque<Resource> m_resources;
    std::map<std::string, Resource *, std::less<>> m_byUri;
    std::size_t m_uriBytes = 0; ///< Of all URIs that an $id has made.
    std::unordered_map<const Value *, Resource *> m_byRoot;
    std::unordered_map<const Value *, Resource *> m_contexts;
    std::unordered_set<const Value *> m_closed;
    std::unordered_set<const Value *> m_otherDialects;
    std::unordered_map<const Source *, std::vector<Resource *>> m_bySource;
    std::map<std::string, const Value *, std::less<>> m_metaschemas; ///< All that may be one.
    std::map<std::string, KnownDialect, std::less<>> m_dialects; ///< That were asked for.
};

} // namespace IpcPrims::JsonSchema
