// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/memberindex_p.h"

#include <QtCore/qhashfunctions.h>

#include <algorithm>

namespace IpcPrims::JsonSchema {

namespace {
// Of the first, the last and the number of bytes; less than 64.
unsigned roughHash(std::string_view name)
{
    return name.empty() ? 0 : (uchar(name.front()) * 7 + uchar(name.back()) + name.size() * 5) % 64;
}

Member *findByComparison(std::span<Member> members, std::string_view name)
{
    const auto found = std::ranges::find_if(
            members, [&](const Member &member) { return member.key() == name; });
    return found == members.end() ? nullptr : &*found;
}

std::size_t slotOf(std::string_view name, size_t hash, std::span<const Member> members,
                   std::span<const HashSlot> slots)
{
    return findSlot(slots, hash, [&](quint32 i) { return members[i].name.text() == name; });
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

std::size_t makeIndex(std::span<Member> members, std::span<HashSlot> slots)
{
    std::size_t count = 0;
    std::ranges::fill(slots, HashSlot());
    for (const Member &member : members) {
        const std::string_view name = member.key();
        const size_t hash = hashOf(name);
        HashSlot &slot = slots[slotOf(name, hash, members, slots)];
        if (!slot.isEmpty()) {
            members[slot.index].value = member.value;
            continue;
        }
        slot = HashSlot(count, hash);
        members[count++] = member;
    }
    return count;
}

std::size_t mergeRepeated(std::span<Member> members)
{
    std::size_t count = 0;
    quint64 seen = 0;
    for (const Member &member : members) {
        // Most names show by this bit that they are new.
        const quint64 bit = quint64(1) << roughHash(member.key());
        Member *earlier = nullptr;
        if ((seen & bit) != 0)
            earlier = findByComparison(members.first(count), member.key());
        seen |= bit;
        if (earlier)
            earlier->value = member.value;
        else
            members[count++] = member;
    }
    return count;
}

const Member *findIndexed(std::span<const Member> members, std::span<const HashSlot> slots,
                          std::string_view name)
{
    const HashSlot &slot = slots[slotOf(name, hashOf(name), members, slots)];
    return slot.isEmpty() ? nullptr : &members[slot.index];
}

} // namespace IpcPrims::JsonSchema
