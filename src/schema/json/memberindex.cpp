// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/memberindex_p.h"

#include <QtCore/qhashfunctions.h>

#include <algorithm>
#include <bit>

namespace IpcPrims::JsonSchema {

namespace {
constexpr quint32 EmptySlot = ~quint32(0);

// The slot that holds the name, or the empty one where it belongs. A table is at most half full.
std::size_t slotOf(std::string_view name, std::span<const Member> members, const quint32 *slots)
{
    const std::size_t mask = indexSize(members.size()) - 1;
    std::size_t slot = hashOf(name) & mask;
    while (slots[slot] != EmptySlot && members[slots[slot]].name.text() != name)
        slot = (slot + 1) & mask;
    return slot;
}
} // namespace

size_t hashSeed()
{
    static const size_t seed = QHashSeed::globalSeed();
    return seed;
}

size_t hashOf(std::string_view text)
{
    return qHashBits(text.data(), text.size(), hashSeed());
}

std::size_t indexSize(std::size_t members)
{
    return 2 * std::bit_ceil(members);
}

std::size_t makeIndex(std::span<Member> members, std::span<quint32> slots)
{
    std::size_t count = 0;
    std::fill(slots.begin(), slots.end(), EmptySlot);
    for (const Member &member : members) {
        const std::size_t slot = slotOf(member.name.text(), members, slots.data());
        if (slots[slot] != EmptySlot) {
            members[slots[slot]].value = member.value;
            continue;
        }
        slots[slot] = quint32(count);
        members[count++] = member;
    }
    return count;
}

std::size_t mergeRepeated(std::span<Member> members)
{
    std::size_t count = 0;
    for (const Member &member : members) {
        const auto end = members.begin() + std::ptrdiff_t(count);
        const auto earlier = std::find_if(members.begin(), end, [&](const Member &other) {
            return other.name.text() == member.name.text();
        });
        if (earlier != end)
            earlier->value = member.value;
        else
            members[count++] = member;
    }
    return count;
}

const Member *findIndexed(std::span<const Member> members, const quint32 *slots,
                          std::string_view name)
{
    const quint32 index = slots[slotOf(name, members, slots)];
    return index == EmptySlot ? nullptr : &members[index];
}

} // namespace IpcPrims::JsonSchema
