// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/schema_p.h"
#include "schema/load/resourceindex_p.h"
#include "schema/pattern/pattern_p.h"

#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace IpcPrims::JsonSchema {

/// Compiled schemas; they refer to the resources and the sources that they were made from.
struct Program
{
    std::deque<Schema> schemas;
    /// Some reference has to be resolved during validation.
    bool tracksScope = false;
};

/*!
    Turns schemas into programs, and those that they refer to as well. The first problem stays; from
    then on what is compiled is of no use.
*/
class Compiler
{
public:
    Compiler(ResourceIndex &index, Program &program, bool assertFormats);

    /// The schema at the top of a source, to be complete after finish().
    const Schema *compileSource(const Source &source);
    std::optional<LoadProblem> finish();
    const std::optional<LoadProblem> &problem() const { return m_problem; }

    // For keywords.

    /// What the schema says under that name, if its dialect gives the name a meaning.
    const Value *keyword(const Value &schema, std::string_view name, Vocabulary vocabulary,
                         Drafts drafts = Draft::Draft7 | Draft::Draft2019 | Draft::Draft2020) const;
    /// The compiled form of a schema inside the one that is being compiled.
    const Schema &subschema(const Value &schema);
    /// The same for a schema that is applied to the same value as the one around it.
    const Schema &inPlace(const Value &schema);
    /// What a reference in the schema that is being compiled leads to.
    const Schema &reference(const Value &uri);
    /// The dynamic anchor that a reference leads to and whose name is to be looked up anew during
    /// each validation; empty if it leads somewhere else.
    std::string dynamicAnchor(const Value &uri);

    /// Adds a rule. \a explainsItself as in Rule.
    void add(std::string_view keyword, const Value &argument,
             std::unique_ptr<const Constraint> constraint, bool explainsItself = false);
    /// The schema that is being compiled wants to know what its other keywords evaluate.
    void needEvaluated() { m_schema->needsEvaluated = true; }

    Draft draft() const { return m_resource->dialect.draft; }
    bool assertsFormats() const;
    /// Whether strict mode forbids members that this schema doesn't name.
    bool isClosed(const Value &schema) const { return m_index.isClosed(schema); }
    /// A schema that nothing meets.
    const Schema &never();
    /// The regular expression of the keyword at \a place; nothing after a problem with it.
    std::optional<Pattern> pattern(std::string_view expression, const Value &place);

    void fail(const Value &place, const QString &reason);

private:
    Schema &schemaFor(const Value &schema, Resource *resource);
    void compilePending();
    void compileRules(Schema &schema);
    void compileDynamicAnchors();
    std::optional<ResourceIndex::Location> resolve(const Value &uri);
    void useResource(Resource &resource);
    void checkSource(const Source &source);
    void checkSchema(const Value &schema, const Resource &resource);
    void checkCustomDialects();
    void findLoops();
    void fail(const Resource &resource, const SchemaFault &fault);

    ResourceIndex &m_index;
    Program &m_program;
    const bool m_assertFormats;
    std::unordered_map<const Value *, Schema *> m_compiled;
    std::deque<std::pair<Schema *, Resource *>> m_pending;
    std::unordered_set<const Resource *> m_usedResources;
    std::unordered_set<const Source *> m_checkedSources;
    std::vector<const Resource *> m_customResources; ///< In dialects of somebody else.
    std::unordered_set<const Value *> m_checkedPlaces; ///< That only references make schemas.
    /// The used resources that have an anchor of that name, and whether it is looked up during
    /// validations.
    struct DynamicName
    {
        std::vector<Resource *> resources;
        bool isUsed = false;
    };
    std::map<std::string, DynamicName, std::less<>> m_dynamicNames;
    std::vector<std::pair<Resource *, std::string_view>> m_pendingAnchors;
    qsizetype m_stepsLeft; ///< Of checks against meta-schemas, all together.
    Schema *m_schema = nullptr; ///< The one that is being compiled.
    Resource *m_resource = nullptr;
    std::size_t m_patternMemory = 0; ///< Of all patterns, in bytes.
    std::optional<LoadProblem> m_problem;
};

} // namespace IpcPrims::JsonSchema
