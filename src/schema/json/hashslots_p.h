// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <bit>
#include <limits>
#include <span>

namespace IpcPrims::JsonSchema {

/*!
    A slot of a hash table whose keys are elsewhere. It has a part of its key's hash, too: what is
    elsewhere in a large table is far away, and most keys are told apart without looking there.
*/
struct HashSlot
{
    static constexpr quint32 Empty = std::numeric_limits<quint32>::max();

    HashSlot() = default;
    HashSlot(std::size_t keyIndex, size_t hash)
        : index(quint32(keyIndex))
        , tag(quint32(quint64(hash) >> 32))
    {}
    bool isEmpty() const { return index == Empty; }

    quint32 index = Empty;
    quint32 tag = 0;
};

/// How many slots a table of so many keys has: it is at most half full.
inline std::size_t slotCount(std::size_t keys)
{
    return 2 * std::bit_ceil(keys);
}

/// The index of the slot that has the key with this \a hash, or of the empty one where it belongs.
/// \a isKey says whether the key at an index is the one.
template<typename IsKey>
std::size_t findSlot(std::span<const HashSlot> slots, size_t hash, IsKey isKey)
{
    const std::size_t mask = slots.size() - 1;
    const auto tag = quint32(quint64(hash) >> 32);
    std::size_t i = hash & mask;
    while (!slots[i].isEmpty() && (slots[i].tag != tag || !isKey(slots[i].index)))
        i = (i + 1) & mask;
    return i;
}

} // namespace IpcPrims::JsonSchema
