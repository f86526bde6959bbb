// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/engine/compiler_p.h"

#include "schema/engine/evaluation_p.h"
#include "schema/json/shorttext_p.h"
#include "schema/keywords/keywords_p.h"
#include "schema/load/metaschemas_p.h"
#include "schema/load/pointer_p.h"
#include "schema/load/uri_p.h"

#include <algorithm>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
constexpr qsizetype LongestName = 100; // of a schema's place in messages

// A few bytes of a schema, such as (a{99}){99}, may make a pattern of many.
constexpr std::size_t LargestPatternMemory = std::size_t(32) << 20;

// Checks against meta-schemas take some for each part of a schema, and there may be three of these
// in ten bytes. References may have parts checked again.
constexpr qsizetype BaseSteps = 1'000'000;
constexpr qsizetype StepsPerByte = 100;

QString quoted(std::string_view text)
{
    return QLatin1Char('"') + cutText(text, LongestName) + QLatin1Char('"');
}
} // namespace

Compiler::Compiler(ResourceIndex &index, Program &program, bool assertFormats)
    : m_index(index)
    , m_program(program)
    , m_assertFormats(assertFormats)
    , m_stepsLeft(BaseSteps)
{
    index.forgetSchemas();
    for (const auto &source : index.sources())
        m_stepsLeft += StepsPerByte * source->text.size();
}

const Schema *Compiler::compileSource(const Source &source)
{
    return &schemaFor(source.document.root(), m_index.resource(source));
}

std::optional<LoadProblem> Compiler::finish()
{
    compilePending();
    checkCustomDialects();
    findLoops();
    return m_problem;
}

// Pending schemas and an explicit queue instead of recursion: references make chains of any length.
void Compiler::compilePending()
{
    while (!m_pending.empty() && !m_problem) {
        const auto [schema, resource] = m_pending.front();
        m_pending.pop_front();
        m_resource = resource;
        useResource(*resource);
        if (!m_problem)
            compileRules(*schema);
        if (m_pending.empty())
            compileDynamicAnchors(); // may add more
    }
}

Schema &Compiler::schemaFor(const Value &value, Resource *resource)
{
    if (const auto compiled = m_compiled.find(&value); compiled != m_compiled.end())
        return *compiled->second;
    Schema &schema = m_program.schemas.emplace_back();
    schema.source = &value;
    schema.resource = resource;
    m_compiled.emplace(&value, &schema);
    if (resource->fault)
        fail(*resource, *resource->fault);
    else if (value.isBoolean())
        schema.kind = value.boolean() ? Schema::Kind::Always : Schema::Kind::Never;
    else if (!value.isObject())
        fail(*resource, {&value, QStringLiteral("a schema has to be an object or a boolean")});
    // A boolean as well: its resource may have to be checked.
    m_pending.emplace_back(&schema, resource);
    return schema;
}

void Compiler::compileRules(Schema &schema)
{
    m_schema = &schema;
    if (schema.kind != Schema::Kind::Rules)
        return;
    const Value &source = *schema.source;
    const bool isOnlyReference = draft() == Draft::Draft7 && source.find("$ref");
    if (!isOnlyReference) {
        // What is quick to judge comes first.
        compileValueKeywords(*this, source);
        compileNumberKeywords(*this, source);
        compileStringKeywords(*this, source);
    }
    compileReferenceKeywords(*this, source);
    if (!isOnlyReference) {
        compileObjectKeywords(*this, source);
        compileArrayKeywords(*this, source);
        compileLogicKeywords(*this, source);
        // These ask what all the others have evaluated.
        compileUnevaluatedKeywords(*this, source);
    }
    if (schema.rules.empty())
        schema.kind = Schema::Kind::Always;
    constexpr std::size_t rulesPerStep = 2;
    schema.steps = 1 + quint32(schema.rules.size() / rulesPerStep);
}

// Only of resources that are in use: others may be broken.
void Compiler::compileDynamicAnchors()
{
    for (const auto &[resource, name] : std::exchange(m_pendingAnchors, {})) {
        const Value &schema = *resource->dynamicAnchors.find(name)->second;
        resource->dynamicSchemas.emplace(name, &schemaFor(schema, resource));
    }
}

const Value *Compiler::keyword(const Value &schema, std::string_view name, Vocabulary vocabulary,
                               Drafts drafts) const
{
    const Dialect &dialect = m_resource->dialect;
    return dialect.has(vocabulary) && drafts.testFlag(dialect.draft) ? schema.find(name) : nullptr;
}

bool Compiler::assertsFormats() const
{
    return m_assertFormats || m_resource->dialect.has(Vocabulary::FormatAssertion);
}

void Compiler::add(std::string_view keyword, const Value &argument,
                   std::unique_ptr<const Constraint> constraint, bool explainsItself)
{
    m_schema->rules.push_back({std::move(constraint), keyword, &argument, explainsItself});
}

const Schema &Compiler::subschema(const Value &schema)
{
    return schemaFor(schema, m_index.context(schema, m_resource));
}

const Schema &Compiler::inPlace(const Value &schema)
{
    const Schema &compiled = subschema(schema);
    m_schema->sameInstance.push_back(&compiled);
    return compiled;
}

const Schema &Compiler::never()
{
    static const Value falseSchema = Value::fromBoolean(false);
    return schemaFor(falseSchema, m_resource);
}

std::optional<Pattern> Compiler::pattern(std::string_view expression, const Value &place)
{
    QString error;
    std::optional<Pattern> pattern = Pattern::compile(expression, &error);
    if (!pattern) {
        fail(place, error);
        return std::nullopt;
    }
    m_patternMemory += pattern->memory();
    if (m_patternMemory <= LargestPatternMemory)
        return pattern;
    fail(place,
         QStringLiteral("with this one, the patterns of all schemas take more than %1 bytes of "
                        "memory")
                 .arg(LargestPatternMemory));
    return std::nullopt;
}

std::optional<ResourceIndex::Location> Compiler::resolve(const Value &uri)
{
    if (uri.text().size() > LongestUri)
        return std::nullopt;
    const UriParts parts = splitFragment(uri.text());
    return m_index.resolve(
            resolveUri(m_resource->uri, parts.uri).append("#").append(parts.fragment));
}

const Schema &Compiler::reference(const Value &uri)
{
    const auto location = resolve(uri);
    if (!location) {
        fail(uri, QStringLiteral("unresolvable reference %1: nothing with that name was added, and "
                                 "nothing is fetched")
                          .arg(quoted(uri.text())));
        return never();
    }
    if (!m_index.isKnownSchema(*location->schema)
        && m_checkedPlaces.insert(location->schema).second)
        checkSchema(*location->schema, *location->resource);
    const Schema &schema = schemaFor(*location->schema, location->resource);
    m_schema->sameInstance.push_back(&schema);
    return schema;
}

std::string Compiler::dynamicAnchor(const Value &uri)
{
    const auto location = resolve(uri);
    if (!location)
        return {};
    std::string name(RecursiveAnchorName);
    if (draft() == Draft::Draft2020)
        name = percentDecoded(splitFragment(uri.text()).fragment);
    const auto &anchors = location->resource->dynamicAnchors;
    const auto anchor = anchors.find(name);
    if (anchor == anchors.end() || anchor->second != location->schema)
        return {};
    DynamicName &used = m_dynamicNames[name];
    if (!std::exchange(used.isUsed, true)) {
        const std::string_view key = m_dynamicNames.find(name)->first;
        for (Resource *resource : used.resources)
            m_pendingAnchors.emplace_back(resource, key);
    }
    m_program.tracksScope = true;
    return name;
}

void Compiler::useResource(Resource &resource)
{
    if (!m_usedResources.insert(&resource).second)
        return;
    for (const auto &[name, anchor] : resource.dynamicAnchors) {
        const auto known = m_dynamicNames.try_emplace(name).first;
        known->second.resources.push_back(&resource);
        if (known->second.isUsed)
            m_pendingAnchors.emplace_back(&resource, known->first);
    }
    const Source &source = *resource.source;
    if (!source.isTrusted && m_checkedSources.insert(&source).second)
        checkSource(source);
}

// The whole source at once, each part against the meta-schema of its own dialect. A source that
// nobody uses may be as broken as it likes.
void Compiler::checkSource(const Source &source)
{
    for (const Resource *part : m_index.resourcesOf(source)) {
        if (part->fault)
            fail(*part, *part->fault);
        if (part->outer && !part->isOfOtherDialect())
            continue;
        if (standardDialect(part->dialect.metaschema))
            checkSchema(*part->root, *part);
        else
            m_customResources.push_back(part);
    }
}

void Compiler::checkSchema(const Value &schema, const Resource &resource)
{
    if (m_problem)
        return;
    if (const auto fault = findMetaschemaFault(resource.dialect.metaschema, schema,
                                               m_index.otherDialects(), &m_stepsLeft))
        fail(resource, *fault);
}

// Schemas of a dialect that was added are checked last, as its meta-schema is a schema like others.
void Compiler::checkCustomDialects()
{
    for (std::size_t i = 0; i < m_customResources.size() && !m_problem; ++i) {
        const Resource &resource = *m_customResources[i];
        const std::string_view uri = resource.dialect.metaschema;
        Resource *metaschema = m_index.resource(uri);
        if (!metaschema) { // in draft 7, a $ref takes the $id beside it its meaning
            fail(resource, {resource.root, QStringLiteral("unknown $schema %1").arg(quoted(uri))});
            return;
        }
        const Schema &schema = schemaFor(*metaschema->root, metaschema);
        compilePending();
        if (m_problem)
            return;
        if (const auto fault = findFault(schema, *resource.root, m_program.tracksScope,
                                         m_index.otherDialects(), &m_stepsLeft))
            fail(resource, *fault);
    }
}

// A reference that leads back to itself before anything of the value was taken apart never ends.
void Compiler::findLoops()
{
    struct Step
    {
        const Schema *schema;
        std::size_t next;
    };
    enum class State { Unvisited, Open, Done };
    std::unordered_map<const Schema *, State> states;
    for (const Schema &start : m_program.schemas) {
        if (m_problem || states[&start] != State::Unvisited)
            continue;
        std::vector<Step> path{{&start, 0}};
        states[&start] = State::Open;
        while (!path.empty()) {
            Step &step = path.back();
            if (step.next == step.schema->sameInstance.size()) {
                states[step.schema] = State::Done;
                path.pop_back();
                continue;
            }
            const Schema *next = step.schema->sameInstance[step.next++];
            if (states[next] == State::Open) {
                fail(*next->resource,
                     {next->source,
                      QStringLiteral("the schema refers back to itself without an end")});
                return;
            }
            if (states[next] == State::Unvisited) {
                states[next] = State::Open;
                path.push_back({next, 0});
            }
        }
    }
}

void Compiler::fail(const Value &place, const QString &reason)
{
    fail(*m_resource, {&place, reason});
}

void Compiler::fail(const Resource &resource, const SchemaFault &fault)
{
    if (m_problem)
        return;
    const Source &source = *resource.source;
    m_problem = LoadProblem{source.label,
                            pointerTo(source.document.root(), *fault.place, LongestName),
                            fault.reason};
}

} // namespace IpcPrims::JsonSchema
