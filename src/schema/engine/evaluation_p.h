// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/schema_p.h"
#include "schema/engine/visitor_p.h"
#include "schema/json/hashslots_p.h"

#include <unordered_set>
#include <utility>
#include <vector>

namespace IpcPrims::JsonSchema {

struct Resource;

/// Something in a message that a schema does not allow. Texts are made of it only when asked for.
struct Issue
{
    const Value *instance;
    const Schema *schema;
    std::string_view keyword; ///< Empty if the schema is false and no keyword's argument.
    const Value *argument; ///< Of the keyword, or the part of it that matters.
};

/// What one validation after the other can use without allocating anew.
struct Workspace
{
    Workspace();
    ~Workspace();
    Q_DISABLE_COPY_MOVE(Workspace)

    /// Gives back what only a large message needs.
    void trim();

    std::vector<quint64> evaluatedBits;
    std::vector<HashSlot> slots; ///< A hash table of elements.
    std::vector<size_t> hashes;
    ValijsonVersion::RegexCache unusedRegexes;
    struct MatchData;
    std::unique_ptr<MatchData> matchData;
};

/*!
    One validation of one message. Answers as soon as it knows that the message is bad, unless there
    is a list for the issues: then it goes on to find more of them.

    What would take too long, or too deep a recursion, ends the validation without a verdict.
*/
class Evaluation
{
public:
    enum class Verdict : quint8 { Valid, Invalid, GivenUp };

    /// How many steps a message may take that is as large as \a weight says.
    static qsizetype allowance(qsizetype weight);

    Evaluation(Workspace &workspace, qsizetype steps, bool tracksScope);
    Q_DISABLE_COPY_MOVE(Evaluation)

    Verdict run(const Schema &schema, const Value &value);
    /// As run(), but looks for up to \a max issues.
    Verdict explain(const Schema &schema, const Value &value, std::size_t max,
                    std::vector<Issue> *issues);
    /// Takes these values, but for the message itself, as valid, whatever is asked of them.
    void exempt(const std::unordered_set<const Value *> &values);
    /// Why a validation was given up.
    const char *reason() const { return m_reason; }
    qsizetype stepsLeft() const { return m_stepsLeft; }

    // For constraints.

    /// Applies a schema to the value that is being validated.
    bool evaluate(const Schema &schema, const Value &value);
    /// The same where a failure is no error yet: as long as it fails, nothing has been evaluated.
    bool evaluateTrial(const Schema &schema, const Value &value);
    /// Applies a schema to a member, an element or a name of the value that is being validated.
    bool evaluateChild(const Schema &schema, const Value &child);
    /// The same where a failure is no error yet.
    bool tryChild(const Schema &schema, const Value &child);

    /// Whether a keyword later on wants to know what was evaluated; so nothing may be left out.
    bool isTracking() const { return m_evaluated != nullptr; }
    void markEvaluated(std::size_t index);
    void markFirstEvaluated(std::size_t count);
    bool isEvaluated(std::size_t index) const;

    /// Whether to go on after a failure, as there may be more issues to report.
    bool wantsMore() const { return m_issues && m_issues->size() < m_maxIssues && !isGivenUp(); }
    /// Reports an issue of the rule that is being evaluated. Returns false.
    bool report(const Value &instance, const Value *argument);

    bool giveUp(const char *reason);
    bool isGivenUp() const { return m_reason != nullptr; }
    /// For work that is not the evaluation of a schema: \a count steps of about the same length,
    /// some nanoseconds. Whatever depends on the size of a schema or a message has to take some.
    bool takeSteps(qsizetype count);
    /// For a loop that has passed \a count members, elements, or schemas.
    bool takeStepsOfLoop(std::size_t count) { return takeSteps(qsizetype(count / PassesPerStep)); }

    /// The schema that the name stands for in the outermost resource that has it.
    const Schema &dynamicTarget(std::string_view name, const Schema &fallback);

    Workspace &workspace() { return m_workspace; }
    /// What lets valijson's constraints look at that value.
    ValijsonVersion::Visitor &visitorOf(const Value &value)
    {
        m_visited = &value;
        return m_visitor;
    }

private:
    static constexpr std::size_t BitsInWord = 64;
    static constexpr std::size_t PassesPerStep = 2;

    /// The members or elements of one value that were evaluated, as bits in the workspace.
    struct EvaluatedSet
    {
        std::size_t offset;
        std::size_t words;
    };
    struct Scope
    {
        const Resource *resource;
        const Scope *outer;
    };

    bool meetsRules(const Schema &schema, const Value &value);
    Q_NEVER_INLINE bool reportNever(const Schema &schema, const Value &value);
    Q_NEVER_INLINE bool evaluateInScope(const Schema &schema, const Value &value);
    bool evaluateRules(const Schema &schema, const Value &value);
    bool evaluateTracked(const Schema &schema, const Value &value);
    template<typename Judge>
    bool inOwnSet(std::size_t words, Judge judge);
    EvaluatedSet makeSet(std::size_t words);
    void endSet(const EvaluatedSet &set, const EvaluatedSet *mergeInto);
    Q_NEVER_INLINE bool runOutOfSteps();

    Workspace &m_workspace;
    const EvaluatedSet *m_evaluated = nullptr;
    const Scope *m_scope = nullptr;
    const std::unordered_set<const Value *> *m_exempt = nullptr;
    const Value *m_message = nullptr;
    const bool m_tracksScope;
    bool m_isPlain; ///< No more than a verdict is wanted, and it depends on no scope.
    int m_depth = 0;
    qsizetype m_stepsLeft;
    const char *m_reason = nullptr;
    std::vector<Issue> *m_issues = nullptr;
    std::size_t m_maxIssues = 0;
    const Schema *m_schema = nullptr; ///< The rule that is being evaluated belongs to it.
    const Rule *m_rule = nullptr;
    const Value *m_visited = nullptr; ///< What the visitor looks at.
    ValijsonVersion::Visitor m_visitor;
};

inline bool Evaluation::evaluateChild(const Schema &schema, const Value &child)
{
    const EvaluatedSet *outer = std::exchange(m_evaluated, nullptr);
    const bool isValid = evaluate(schema, child);
    m_evaluated = outer;
    return isValid;
}

inline void Evaluation::markEvaluated(std::size_t index)
{
    if (m_evaluated)
        m_workspace.evaluatedBits[m_evaluated->offset + index / BitsInWord]
                |= quint64(1) << (index % BitsInWord);
}

inline bool Evaluation::takeSteps(qsizetype count)
{
    m_stepsLeft -= count;
    return m_stepsLeft > 0 || runOutOfSteps();
}

} // namespace IpcPrims::JsonSchema
