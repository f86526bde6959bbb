// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/value_p.h"

#include "schema/json/decimal_p.h"
#include "schema/json/memberindex_p.h"

#include <QtCore/qhashfunctions.h>

#include <algorithm>

namespace IpcPrims::JsonSchema {

bool Value::isWholeNumber() const
{
    return m_kind == Kind::Integer || (m_kind == Kind::Decimal && Decimal(*this).isWhole());
}

const Value *Value::find(std::string_view name) const
{
    const std::span<const Member> all = members();
    if (m_isIndexed) {
        const auto *slots = reinterpret_cast<const HashSlot *>(m_members + m_size);
        const Member *member = findIndexed(all, {slots, slotCount(m_size)}, name);
        return member ? &member->value : nullptr;
    }
    const auto member = std::find_if(all.begin(), all.end(), [&](const Member &candidate) {
        return candidate.key() == name;
    });
    return member == all.end() ? nullptr : &member->value;
}

bool Value::equals(const Value &other, qsizetype *work) const
{
    ++*work;
    if (isNumber() && other.isNumber()) {
        *work += workOnNumber(*this) + workOnNumber(other);
        return compare(*this, other) == 0;
    }
    if (m_kind != other.m_kind || m_size != other.m_size)
        return false;
    *work += m_size / BytesPerStep; // or less, of an array or an object
    switch (m_kind) {
    case Kind::Boolean:
        return m_boolean == other.m_boolean;
    case Kind::String:
        return text() == other.text();
    case Kind::Array:
        return std::ranges::equal(
                elements(), other.elements(),
                [work](const Value &a, const Value &b) { return a.equals(b, work); });
    case Kind::Object:
        return std::ranges::all_of(members(), [&](const Member &member) {
            *work += other.workToFind(member.key());
            const Value *value = other.find(member.key());
            return value && member.value.equals(*value, work);
        });
    default:
        return true;
    }
}

size_t Value::hash(qsizetype *work) const
{
    *work += 1 + m_size / BytesPerStep;
    switch (m_kind) {
    case Kind::Null:
        return 0;
    case Kind::Boolean:
        return m_boolean ? 2 : 1;
    case Kind::Integer:
    case Kind::Decimal:
        *work += workOnNumber(*this);
        return hashOfNumber(*this);
    case Kind::String:
        return hashOf(text());
    case Kind::Array: {
        size_t hash = hashSeed();
        for (const Value &element : elements())
            hash = qHash(element.hash(work), hash);
        return hash;
    }
    case Kind::Object: {
        size_t hash = ~hashSeed();
        for (const Member &member : members())
            hash += qHashMulti(hashSeed(), member.name.hash(work), member.value.hash(work));
        return hash;
    }
    }
    return 0;
}

} // namespace IpcPrims::JsonSchema
