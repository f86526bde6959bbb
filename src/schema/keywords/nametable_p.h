// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/memberindex_p.h"

#include <QtCore/qglobal.h>

#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

namespace IpcPrims::JsonSchema {

/*!
    Finds what belongs to a name. Most names are told apart by their first and last bytes. Where a
    schema has names that aren't, by chance or with intent, all of their bytes count, seeded, so
    that nobody can prepare collisions.
*/
template<typename T>
class NameTable
{
public:
    struct Entry
    {
        std::string_view name;
        T value;
    };

    /// \a entries have different names, which outlive the table.
    explicit NameTable(const std::vector<Entry> &entries)
    {
        if (!fill(entries)) {
            m_largestInKey = 0;
            fill(entries);
        }
    }

    const T *find(std::string_view name) const
    {
        const Slot &slot = m_slots[slotOf(name, keyOf(name))];
        return slot.isUsed ? &slot.entry.value : nullptr;
    }

    bool isLarge() const { return m_slots.size() > 4096; }

private:
    /// The first and the last bytes, which is all there is of most names.
    struct Key
    {
        bool operator==(const Key &) const = default;

        quint64 first = 0;
        quint64 last = 0;
        std::size_t size = 0;
    };
    static constexpr std::size_t LongestSearch = 64; ///< More than happens by chance.

    struct Slot
    {
        Key key;
        Entry entry = {};
        bool isUsed = false;
    };

    /// Whether no search takes too long; one by hashes always does it.
    bool fill(const std::vector<Entry> &entries)
    {
        m_slots.assign(2 * std::bit_ceil(entries.size() + 1), Slot());
        for (const Entry &entry : entries) {
            const Key key = keyOf(entry.name);
            const std::size_t slot = slotOf(entry.name, key);
            if (m_largestInKey > 0 && distance(firstSlotOf(key), slot) > LongestSearch)
                return false;
            m_slots[slot] = {key, entry, true};
        }
        return true;
    }

    std::size_t distance(std::size_t from, std::size_t to) const
    {
        return (to - from) & (m_slots.size() - 1);
    }

    template<typename Word>
    static Key keyOfEnds(std::string_view name)
    {
        Word first;
        Word last;
        std::memcpy(&first, name.data(), sizeof first);
        std::memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
        return {first, last, name.size()};
    }

    Key keyOf(std::string_view name) const
    {
        if (Q_UNLIKELY(m_largestInKey == 0))
            return {hashOf(name), 0, name.size()};
        if (name.size() >= sizeof(quint64))
            return keyOfEnds<quint64>(name);
        if (name.size() >= sizeof(quint32))
            return keyOfEnds<quint32>(name);
        if (name.size() >= sizeof(quint16))
            return keyOfEnds<quint16>(name);
        return name.empty() ? Key() : keyOfEnds<quint8>(name);
    }

    std::size_t firstSlotOf(const Key &key) const
    {
        const quint64 bytes = (key.first * 0x9e3779b97f4a7c15U) ^ key.last;
        return std::size_t(((bytes + key.size) * 0xff51afd7ed558ccdU) >> 32) & (m_slots.size() - 1);
    }

    // At least half of the slots are free, so there is an end to the search.
    std::size_t slotOf(std::string_view name, const Key &key) const
    {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t slot = firstSlotOf(key);
        while (m_slots[slot].isUsed && !isAt(m_slots[slot], name, key))
            slot = (slot + 1) & mask;
        return slot;
    }

    bool isAt(const Slot &slot, std::string_view name, const Key &key) const
    {
        return slot.key == key && (key.size <= m_largestInKey || slot.entry.name == name);
    }

    std::vector<Slot> m_slots;
    /// 0 for keys that are hashes.
    std::size_t m_largestInKey = 2 * sizeof(quint64);
};

} // namespace IpcPrims::JsonSchema
