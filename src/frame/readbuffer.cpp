// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/readbuffer_p.h"

#include <utility>

namespace IpcPrims {

static std::unique_ptr<char[]> &sharedBytes()
{
    static thread_local std::unique_ptr<char[]> bytes;
    return bytes;
}

ReadBuffer::ReadBuffer()
    : m_bytes(std::move(sharedBytes()))
{
    if (!m_bytes)
        m_bytes.reset(new char[Size]); // Not make_unique(), which would clear it.
}

ReadBuffer::~ReadBuffer()
{
    sharedBytes() = std::move(m_bytes);
}

} // namespace IpcPrims
