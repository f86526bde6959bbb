// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/keywords/keywords_p.h"

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/json/decimal_p.h"
#include "schema/json/hashslots_p.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace IpcPrims::JsonSchema {

namespace {
// Schemas for the first elements, one each, and one for all others.
class ItemsConstraint final : public Constraint
{
public:
    /// \a rest may be null.
    ItemsConstraint(std::vector<const Schema *> prefix, const Schema *rest)
        : m_prefix(std::move(prefix))
        , m_rest(rest)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        const std::span<const Value> elements = value.elements();
        const std::size_t count
                = m_rest ? elements.size() : std::min(elements.size(), m_prefix.size());
        bool isValid = true;
        std::size_t i = 0;
        while (i < count && (isValid || evaluation.wantsMore())) {
            const Schema *const schema = i < m_prefix.size() ? m_prefix[i] : m_rest;
            Q_ASSERT(schema);
            isValid = evaluation.evaluateChild(*schema, elements[i]) && isValid;
            ++i;
        }
        evaluation.takeStepsOfLoop(i);
        evaluation.markFirstEvaluated(i);
        return isValid;
    }

private:
    const std::vector<const Schema *> m_prefix;
    const Schema *const m_rest;
};

class ContainsConstraint final : public Constraint
{
public:
    /// \a evaluatesItems is false before draft 2020-12.
    ContainsConstraint(const Schema &schema, quint64 min, quint64 max, bool evaluatesItems)
        : m_schema(schema)
        , m_min(min)
        , m_max(max)
        , m_evaluatesItems(evaluatesItems)
    {}
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        if (!value.isArray())
            return true;
        const std::span<const Value> elements = value.elements();
        const bool needsAll = m_evaluatesItems && evaluation.isTracking();
        const bool hasMax = m_max != std::numeric_limits<quint64>::max();
        quint64 count = 0;
        std::size_t i = 0;
        for (; i < elements.size(); ++i) {
            if (!needsAll && count >= m_min && (!hasMax || count > m_max))
                break;
            if (!evaluation.tryChild(m_schema, elements[i]))
                continue;
            ++count;
            if (m_evaluatesItems)
                evaluation.markEvaluated(i);
        }
        evaluation.takeStepsOfLoop(i);
        return count >= m_min && count <= m_max;
    }

private:
    const Schema &m_schema;
    const quint64 m_min;
    const quint64 m_max;
    const bool m_evaluatesItems;
};

// With a hash table, where valijson compares each element with each.
class UniqueItemsConstraint final : public Constraint
{
public:
    bool isMetBy(const Value &value, Evaluation &evaluation) const override
    {
        const std::span<const Value> elements = value.elements();
        if (elements.size() <= LargestUnhashed)
            return areDifferent(elements, evaluation);

        std::vector<HashSlot> &slots = evaluation.workspace().slots;
        std::vector<size_t> &hashes = evaluation.workspace().hashes;
        slots.assign(slotCount(elements.size()), HashSlot());
        hashes.resize(elements.size());
        qsizetype work = 0;
        for (std::size_t i = 0; i < elements.size(); ++i)
            hashes[i] = elements[i].hash(&work);
        if (!evaluation.takeSteps(work))
            return false;
        const std::size_t mask = slots.size() - 1;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            // The slots of a large table are far away: they are asked for in advance.
            __builtin_prefetch(&slots[hashes[std::min(i + Ahead, elements.size() - 1)] & mask]);
            const size_t hash = hashes[i];
            work = 1;
            const std::size_t slot = findSlot(slots, hash, [&](quint32 other) {
                return elements[other].equals(elements[i], &work);
            });
            if (!slots[slot].isEmpty()
                || !evaluation.takeSteps(work + qsizetype((slot - hash) & mask)))
                return false;
            slots[slot] = HashSlot(i, hash);
        }
        return true;
    }

private:
    static constexpr std::size_t LargestUnhashed = 8;
    static constexpr std::size_t Ahead = 16;

    static bool areDifferent(std::span<const Value> elements, Evaluation &evaluation)
    {
        qsizetype work = 0;
        for (std::size_t i = 1; i < elements.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                if (elements[i].equals(elements[j], &work))
                    return false;
            }
        }
        return evaluation.takeSteps(work);
    }
};

void compileItems(Compiler &compiler, const Value &schema)
{
    const bool is2020 = compiler.draft() == Draft::Draft2020;
    const Value *prefix
            = compiler.keyword(schema, is2020 ? "prefixItems" : "items", Vocabulary::Applicator);
    const Value *rest = compiler.keyword(schema, is2020 ? "items" : "additionalItems",
                                         Vocabulary::Applicator);
    // Before 2020-12 there was one keyword for both, and the rest only counted beside a list.
    if (!is2020 && (!prefix || !prefix->isArray()))
        rest = std::exchange(prefix, nullptr);
    if (!prefix && !rest)
        return;

    std::vector<const Schema *> schemas;
    if (prefix) {
        for (const Value &element : prefix->elements())
            schemas.push_back(&compiler.subschema(element));
    }
    compiler.add(rest ? "items" : "prefixItems", rest ? *rest : *prefix,
                 std::make_unique<ItemsConstraint>(std::move(schemas),
                                                   rest ? &compiler.subschema(*rest) : nullptr),
                 true);
}

void compileContains(Compiler &compiler, const Value &schema)
{
    const Value *contains = compiler.keyword(schema, "contains", Vocabulary::Applicator);
    if (!contains)
        return;
    constexpr Drafts since2019 = Draft::Draft2019 | Draft::Draft2020;
    const Value *min = compiler.keyword(schema, "minContains", Vocabulary::Validation, since2019);
    const Value *max = compiler.keyword(schema, "maxContains", Vocabulary::Validation, since2019);
    compiler.add("contains", *contains,
                 std::make_unique<ContainsConstraint>(
                         compiler.subschema(*contains), min ? toCount(*min) : 1,
                         max ? toCount(*max) : std::numeric_limits<quint64>::max(),
                         compiler.draft() == Draft::Draft2020));
}
} // namespace

void compileArrayKeywords(Compiler &compiler, const Value &schema)
{
    compileItems(compiler, schema);
    compileContains(compiler, schema);
    const Value *unique = compiler.keyword(schema, "uniqueItems", Vocabulary::Validation);
    if (unique && unique->boolean())
        compiler.add("uniqueItems", *unique, std::make_unique<UniqueItemsConstraint>());
}

} // namespace IpcPrims::JsonSchema
