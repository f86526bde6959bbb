// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace IpcPrims::JsonSchema {

/*!
    Memory for the values of one document, given back all at once. A cleared arena keeps its first
    block, so that the next document of about the same size costs no allocation.
*/
class Arena
{
public:
    /// Uninitialised memory for \a count objects of a type that needs no destructor.
    template<typename T>
    T *allocate(std::size_t count)
    {
        static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= Alignment);
        return static_cast<T *>(allocateBytes(count * sizeof(T)));
    }

    void clear();

private:
    static constexpr std::size_t Alignment = 8;
    static constexpr std::size_t SmallestBlock = 4096;
    /// What a thread keeps for its next message; larger messages are rare enough to allocate.
    static constexpr std::size_t LargestKeptBlock = std::size_t(1) << 20;

    struct Block
    {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
    };

    void *allocateBytes(std::size_t size);
    void addBlock(std::size_t size);

    std::vector<Block> m_blocks;
    std::byte *m_free = nullptr;
    std::byte *m_end = nullptr;
};

inline void *Arena::allocateBytes(std::size_t size)
{
    size = (size + Alignment - 1) / Alignment * Alignment;
    if (size > std::size_t(m_end - m_free))
        addBlock(size);
    std::byte *result = m_free;
    m_free += size;
    return result;
}

} // namespace IpcPrims::JsonSchema
