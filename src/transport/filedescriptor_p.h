// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/forkguard_p.h"

#include <memory>
#include <utility>

#include <unistd.h>

namespace IpcPrims {

/// Owns a file descriptor of the process, which its forked children don't get.
class FileDescriptor
{
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor, ForkGuard::Check check = ForkGuard::Check::Identity)
        : m_descriptor(descriptor)
        , m_guard(descriptor >= 0 ? std::make_unique<ForkGuard>(descriptor, check) : nullptr)
    {}
    FileDescriptor(FileDescriptor &&other) noexcept
        : m_descriptor(std::exchange(other.m_descriptor, -1))
        , m_guard(std::move(other.m_guard))
    {}
    FileDescriptor &operator=(FileDescriptor &&other) noexcept
    {
        if (this != &other) {
            reset();
            m_descriptor = std::exchange(other.m_descriptor, -1);
            m_guard = std::move(other.m_guard);
        }
        return *this;
    }
    ~FileDescriptor() { reset(); }

    bool isValid() const { return m_descriptor >= 0; }
    int get() const { return m_descriptor; }
    int release()
    {
        m_guard.reset();
        return std::exchange(m_descriptor, -1);
    }
    void reset()
    {
        // Until it is closed no child may get it.
        if (isValid())
            ::close(m_descriptor);
        m_guard.reset();
        m_descriptor = -1;
    }

private:
    int m_descriptor = -1;
    std::unique_ptr<ForkGuard> m_guard;
};

} // namespace IpcPrims
