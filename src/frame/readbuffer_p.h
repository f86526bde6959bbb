// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <memory>
#include <span>

namespace IpcPrims {

/*!
    The memory that a connection reads into while it delivers frames. All connections of a thread
    share one buffer, so that an idle connection costs none; in an event loop run by a handler, when
    the shared one is in use, another is allocated.
*/
class ReadBuffer
{
public:
    static constexpr size_t Size = 64 * 1024;

    ReadBuffer();
    ~ReadBuffer();
    ReadBuffer(const ReadBuffer &) = delete;
    ReadBuffer &operator=(const ReadBuffer &) = delete;

    std::span<char> bytes() { return {m_bytes.get(), Size}; }

private:
    std::unique_ptr<char[]> m_bytes;
};

} // namespace IpcPrims
