// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/arena_p.h"

#include <algorithm>

namespace IpcPrims::JsonSchema {

void Arena::addBlock(std::size_t size)
{
    const std::size_t doubled = m_blocks.empty() ? SmallestBlock : 2 * m_blocks.back().size;
    const std::size_t blockSize = std::max(size, doubled);
    m_blocks.push_back({std::unique_ptr<std::byte[]>(new std::byte[blockSize]), blockSize});
    m_free = m_blocks.back().bytes.get();
    m_end = m_free + blockSize;
}

void Arena::clear()
{
    // The last block is the largest: a document like this one will fit it.
    if (m_blocks.size() > 1)
        m_blocks.erase(m_blocks.begin(), m_blocks.end() - 1);
    if (!m_blocks.empty() && m_blocks.back().size > LargestKeptBlock)
        m_blocks.clear();
    m_free = m_blocks.empty() ? nullptr : m_blocks.back().bytes.get();
    m_end = m_blocks.empty() ? nullptr : m_free + m_blocks.back().size;
}

} // namespace IpcPrims::JsonSchema
