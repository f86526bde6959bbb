// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/forkguard_p.h"

#include <mutex>

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace IpcPrims {

int ForkGuard::s_generation = 0;

// The guards of this process. No destructor may end these: others' descriptors live longer.
static std::mutex &mutex()
{
    static auto *const instance = new std::mutex;
    return *instance;
}
static ForkGuard *s_first = nullptr;

static std::optional<FileIdentity> identityOf(int descriptor)
{
    struct stat found = {};
    if (::fstat(descriptor, &found) != 0)
        return std::nullopt;
    return FileIdentity(found);
}

ForkGuard::ForkGuard(int descriptor, Check check)
    : m_descriptor(descriptor)
    , m_check(check)
    , m_identity(check == Check::Identity ? identityOf(descriptor) : std::nullopt)
{
    static std::once_flag isPrepared;
    std::call_once(isPrepared,
                   [] { ::pthread_atfork(beforeFork, afterForkInParent, afterForkInChild); });
    const std::lock_guard lock(mutex());
    m_next = s_first;
    if (m_next)
        m_next->m_previous = this;
    s_first = this;
}

ForkGuard::~ForkGuard()
{
    const std::lock_guard lock(mutex());
    if (m_next)
        m_next->m_previous = m_previous;
    (m_previous ? m_previous->m_next : s_first) = m_next;
}

// The list has to be whole in the child, whichever thread forks.
void ForkGuard::beforeFork()
{
    mutex().lock();
}

void ForkGuard::afterForkInParent()
{
    mutex().unlock();
}

// Here only system calls are allowed: another thread may have held any lock.
void ForkGuard::afterForkInChild()
{
    ++s_generation;
    int unconnected = -1;
    bool isNumberOfAGuard = false;
    for (const ForkGuard *guard = s_first; guard; guard = guard->m_next) {
        if (!guard->isStillOpen())
            continue;
        if (unconnected < 0) {
            unconnected = ::socket(AF_UNIX, SOCK_STREAM, 0);
            if (unconnected < 0) { // For lack of descriptors, so it will get one that is in use.
                ::close(guard->m_descriptor);
                unconnected = ::socket(AF_UNIX, SOCK_STREAM, 0);
            }
            ::fcntl(unconnected, F_SETFD, FD_CLOEXEC);
        }
        isNumberOfAGuard |= guard->m_descriptor == unconnected;
        guard->replaceBy(unconnected);
    }
    if (unconnected >= 0 && !isNumberOfAGuard)
        ::close(unconnected);
    mutex().unlock();
}

void ForkGuard::replaceBy(int descriptor) const
{
    if (descriptor < 0) {
        ::close(m_descriptor);
    } else if (descriptor != m_descriptor) {
        ::dup2(descriptor, m_descriptor);
        ::fcntl(m_descriptor, F_SETFD, FD_CLOEXEC);
    }
}

bool ForkGuard::isStillOpen() const
{
    if (m_check == Check::IsSocket) {
        struct stat found = {};
        return ::fstat(m_descriptor, &found) == 0 && S_ISSOCK(found.st_mode);
    }
    return m_identity && identityOf(m_descriptor) == m_identity;
}

} // namespace IpcPrims
