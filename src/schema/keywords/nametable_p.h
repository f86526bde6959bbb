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
        for (const Entry &entry : entries)
            m_slots[slotOf(entry.name)] = {entry, true};
    }

    const T *find(std::string_view name) const
    {
        const Slot &slot = m_slots[slotOf(name)];
        return slot.isUsed ? &slot.entry.value : nullptr;
    }

private:
    struct Slot
    {
        Entry entry = {};
        bool isUsed = false;
    };

    template<typename Word>
    static quint64 firstAndLast(std::string_view name)
    {
        Word first;
        Word last;
        std::memcpy(&first, name.data(), sizeof first);
        std::memcpy(&last, name.data() + name.size() - sizeof last, sizeof last);
        return (quint64(first) * 0x9e3779b97f4a7c15U) ^ last;
    }

    // Of the first and the last bytes, which is all there is of most names.
    static std::size_t hash(std::string_view name)
    {
        quint64 bytes = 0;
        if (name.size() >= sizeof(quint64))
            bytes = firstAndLast<quint64>(name);
        else if (name.size() >= sizeof(quint32))
            bytes = firstAndLast<quint32>(name);
        else if (!name.empty())
            bytes = firstAndLast<quint8>(name);
        return std::size_t(((bytes + name.size()) * 0xff51afd7ed558ccdU) >> 32);
    }

    // At least half of the slots are free, so there is an end to the search.
    std::size_t slotOf(std::string_view name) const
    {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t slot = hash(name) & mask;
        while (m_slots[slot].isUsed && m_slots[slot].entry.name != name)
            slot = (slot + 1) & mask;
        return slot;
    }

    std::vector<Slot> m_slots;
};

} // namespace IpcPrims::JsonSchema
