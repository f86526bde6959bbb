// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

namespace IpcPrims::JsonSchema {

/// Finds what belongs to a name. The names are the schema's: nobody else can make them collide.
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
        : m_slots(2 * std::bit_ceil(entries.size() + 1))
    {
        for (const Entry &entry : entries) {
            const Key key = keyOf(entry.name);
            m_slots[slotOf(entry.name, key)] = {key, entry, true};
        }
    }

    const T *find(std::string_view name) const
    {
        const Slot &slot = m_slots[slotOf(name, keyOf(name))];
        return slot.isUsed ? &slot.entry.value : nullptr;
    }

private:
    /// The first and the last bytes, which is all there is of most names.
    struct Key
    {
        bool operator==(const Key &) const = default;

        quint64 first = 0;
        quint64 last = 0;
        std::size_t size = 0;
    };
    static constexpr std::size_t LargestInKey = 2 * sizeof(quint64);

    struct Slot
    {
        Key key;
        Entry entry = {};
        bool isUsed = false;
    };

    template<typename Word>
    static Key keyOfEnds(std::string_view name)
    {
        Word first;
        Word last;
        std::memcpy(&first, name.data(), sizeof first);
        std::memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
        return {first, last, name.size()};
    }

    static Key keyOf(std::string_view name)
    {
        if (name.size() >= sizeof(quint64))
            return keyOfEnds<quint64>(name);
        if (name.size() >= sizeof(quint32))
            return keyOfEnds<quint32>(name);
        if (name.size() >= sizeof(quint16))
            return keyOfEnds<quint16>(name);
        return name.empty() ? Key() : keyOfEnds<quint8>(name);
    }

    // At least half of the slots are free, so there is an end to the search.
    std::size_t slotOf(std::string_view name, const Key &key) const
    {
        const quint64 bytes = (key.first * 0x9e3779b97f4a7c15U) ^ key.last;
        const std::size_t mask = m_slots.size() - 1;
        std::size_t slot = std::size_t(((bytes + key.size) * 0xff51afd7ed558ccdU) >> 32) & mask;
        while (m_slots[slot].isUsed && !isAt(m_slots[slot], name, key))
            slot = (slot + 1) & mask;
        return slot;
    }

    static bool isAt(const Slot &slot, std::string_view name, const Key &key)
    {
        return slot.key == key && (key.size <= LargestInKey || slot.entry.name == name);
    }

    std::vector<Slot> m_slots;
};

} // namespace IpcPrims::JsonSchema
