// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/engine/evaluation_p.h"

#include "schema/load/resource_p.h"

#include <QtCore/qscopedvaluerollback.h>

#include <algorithm>

namespace IpcPrims::JsonSchema {

namespace {
// What is left over of a thread's stack of 512 KiB has to be enough for these.
constexpr int LargestEvaluationDepth = 600;

// Enough for any schema that is meant to be used, and a fraction of a second.
constexpr qsizetype BaseSteps = 1'000'000;
constexpr qsizetype StepsPerWeight = 32;
// However large the message is.
constexpr qsizetype MostSteps = 32'000'000;
} // namespace

qsizetype Evaluation::allowance(qsizetype weight)
{
    return std::min(BaseSteps + StepsPerWeight * weight, MostSteps);
}

Evaluation::Evaluation(Workspace &workspace, qsizetype steps, bool tracksScope)
    : m_workspace(workspace)
    , m_tracksScope(tracksScope)
    , m_isPlain(!tracksScope)
    , m_stepsLeft(steps)
    , m_visitor(ValijsonVersion::makeVisitor(Instance(&m_visited), workspace.unusedRegexes))
{
    m_workspace.evaluatedBits.clear();
}

Evaluation::Verdict Evaluation::run(const Schema &schema, const Value &value)
{
    m_message = &value;
    const bool isValid = evaluate(schema, value);
    return isGivenUp() ? Verdict::GivenUp : isValid ? Verdict::Valid : Verdict::Invalid;
}

Evaluation::Verdict Evaluation::explain(const Schema &schema, const Value &value, std::size_t max,
                                        std::vector<Issue> *issues)
{
    m_issues = issues;
    m_maxIssues = max;
    m_isPlain = false;
    return run(schema, value);
}

void Evaluation::exempt(const std::unordered_set<const Value *> &values)
{
    if (values.empty())
        return;
    m_exempt = &values;
    m_isPlain = false;
}

bool Evaluation::evaluate(const Schema &schema, const Value &value)
{
    if (schema.kind != Schema::Kind::Rules)
        return schema.kind == Schema::Kind::Always || reportNever(schema, value);
    if (!takeSteps(schema.steps))
        return false;
    if (m_depth == LargestEvaluationDepth)
        return giveUp("schemas are applied within one another more than 600 times");

    ++m_depth;
    const bool isValid = m_isPlain && !schema.needsEvaluated ? meetsRules(schema, value)
                                                             : evaluateInScope(schema, value);
    --m_depth;
    return isValid;
}

bool Evaluation::reportNever(const Schema &schema, const Value &value)
{
    if (m_issues && !isGivenUp() && m_issues->size() < m_maxIssues) {
        const bool isArgument = m_rule && m_rule->argument == schema.source;
        const std::string_view keyword = isArgument ? m_rule->keyword : std::string_view();
        m_issues->push_back({&value, &schema, keyword, nullptr});
    }
    return false;
}

bool Evaluation::meetsRules(const Schema &schema, const Value &value)
{
    return std::ranges::all_of(
            schema.rules, [&](const Rule &rule) { return rule.constraint->isMetBy(value, *this); });
}

bool Evaluation::evaluateInScope(const Schema &schema, const Value &value)
{
    if (m_exempt && &value != m_message && m_exempt->count(&value) > 0)
        return true;
    if (!m_tracksScope || (m_scope && m_scope->resource == schema.resource))
        return evaluateTracked(schema, value);
    const Scope scope{schema.resource, m_scope};
    const QScopedValueRollback<const Scope *> enter(m_scope, &scope);
    return evaluateTracked(schema, value);
}

// A schema that asks what was evaluated starts with a set of its own: only what it says itself
// counts. What has been evaluated in the end counts for the schemas around it, too.
bool Evaluation::evaluateTracked(const Schema &schema, const Value &value)
{
    if (!schema.needsEvaluated)
        return evaluateRules(schema, value);
    const std::size_t count = value.members().size() + value.elements().size();
    const std::size_t words = (count + BitsInWord - 1) / BitsInWord;
    return inOwnSet(words, [&] { return evaluateRules(schema, value); });
}

// Collects what the judge evaluates by itself, and adds it to what is known if the judge agrees.
template<typename Judge>
bool Evaluation::inOwnSet(std::size_t words, Judge judge)
{
    if (!takeSteps(qsizetype(words)))
        return false;
    const EvaluatedSet *outer = m_evaluated;
    const EvaluatedSet own = makeSet(words);
    m_evaluated = &own;
    const bool isValid = judge();
    m_evaluated = outer;
    endSet(own, isValid ? outer : nullptr);
    return isValid;
}

bool Evaluation::evaluateRules(const Schema &schema, const Value &value)
{
    if (!m_issues)
        return meetsRules(schema, value);

    const QScopedValueRollback<const Schema *> enterSchema(m_schema, &schema);
    bool isValid = true;
    for (const Rule &rule : schema.rules) {
        const QScopedValueRollback<const Rule *> enterRule(m_rule, &rule);
        if (!rule.constraint->isMetBy(value, *this)) {
            isValid = false;
            if (!rule.explainsItself)
                report(value, rule.argument);
        }
        if (!wantsMore())
            break;
    }
    return isValid;
}

bool Evaluation::evaluateTrial(const Schema &schema, const Value &value)
{
    const QScopedValueRollback<std::vector<Issue> *> quiet(m_issues, nullptr);
    if (!m_evaluated)
        return evaluate(schema, value);
    return inOwnSet(m_evaluated->words, [&] { return evaluate(schema, value); });
}

bool Evaluation::tryChild(const Schema &schema, const Value &child)
{
    const QScopedValueRollback<std::vector<Issue> *> quiet(m_issues, nullptr);
    return evaluateChild(schema, child);
}

Evaluation::EvaluatedSet Evaluation::makeSet(std::size_t words)
{
    std::vector<quint64> &bits = m_workspace.evaluatedBits;
    const EvaluatedSet set{bits.size(), words};
    bits.resize(bits.size() + words);
    return set;
}

// Sets end in the opposite order of their beginning, so this one is the last.
void Evaluation::endSet(const EvaluatedSet &set, const EvaluatedSet *mergeInto)
{
    std::vector<quint64> &bits = m_workspace.evaluatedBits;
    if (mergeInto) {
        for (std::size_t i = 0; i < set.words; ++i)
            bits[mergeInto->offset + i] |= bits[set.offset + i];
    }
    bits.resize(set.offset);
}

void Evaluation::markFirstEvaluated(std::size_t count)
{
    if (!m_evaluated)
        return;
    quint64 *words = m_workspace.evaluatedBits.data() + m_evaluated->offset;
    std::fill_n(words, count / BitsInWord, ~quint64(0));
    if (const std::size_t rest = count % BitsInWord)
        words[count / BitsInWord] |= (quint64(1) << rest) - 1;
}

bool Evaluation::isEvaluated(std::size_t index) const
{
    return (m_workspace.evaluatedBits[m_evaluated->offset + index / BitsInWord]
            >> (index % BitsInWord))
           & 1;
}

bool Evaluation::report(const Value &instance, const Value *argument)
{
    if (m_issues && !isGivenUp() && m_issues->size() < m_maxIssues)
        m_issues->push_back({&instance, m_schema, m_rule->keyword, argument});
    return false;
}

bool Evaluation::runOutOfSteps()
{
    return giveUp("the schema takes too many steps for this message");
}

bool Evaluation::giveUp(const char *reason)
{
    if (!m_reason)
        m_reason = reason;
    m_stepsLeft = 0; // so that every rule that is still to come fails at once
    return false;
}

const Schema &Evaluation::dynamicTarget(std::string_view name, const Schema &fallback)
{
    const Schema *target = &fallback;
    // What it takes to find a name among others of a resource.
    const qsizetype steps = 8 + qsizetype(name.size() / 16);
    for (const Scope *scope = m_scope; scope && takeSteps(steps); scope = scope->outer) {
        if (const Schema *schema = scope->resource->dynamicSchema(name))
            target = schema;
    }
    return *target;
}

} // namespace IpcPrims::JsonSchema
