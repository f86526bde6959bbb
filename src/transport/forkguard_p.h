// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/fileidentity_p.h"

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qglobal.h>

#include <optional>

#include <sys/types.h>
#include <unistd.h>

// What a process has belongs to that process, not to the children it forks.

namespace IpcPrims {

/*!
    Takes a descriptor away from forked children while it exists. There, the number then means a
    socket that is connected to nothing: a child can neither use nor end a session or a lock of its
    parent's, nor keep it up by living longer. Whatever code still closes the number in the child
    closes that socket.

    Children that go on to another program with exec() have none of these descriptors anyway. One
    made by clone() past the C library has them all, like any other descriptor.
*/
class IPCPRIMS_AUTOTEST_EXPORT ForkGuard
{
    Q_DISABLE_COPY_MOVE(ForkGuard)

public:
    /// How a child makes sure that the number still means what its parent's guard was made for.
    enum class Check {
        Identity, ///< By what the system said then, which costs a system call.
        IsSocket, ///< By its being a socket: nobody but the guard's owner may close it.
    };
    /// \a descriptor must be open. With Identity, somebody else may close it and use the number.
    explicit ForkGuard(int descriptor, Check check = Check::Identity);
    ~ForkGuard();

    /// Another number in a child than in its parent, at the price of reading a variable. The same
    /// as long as the process has no guard yet.
    static int generation() { return s_generation; }

private:
    static void beforeFork();
    static void afterForkInParent();
    static void afterForkInChild();
    void replaceBy(int descriptor) const;
    bool isStillOpen() const;

    static int s_generation;

    const int m_descriptor;
    const Check m_check;
    const std::optional<FileIdentity> m_identity;
    ForkGuard *m_previous = nullptr;
    ForkGuard *m_next = nullptr;
};

/// Which process has made something that outlives it: files, locks, threads. Only that one may undo
/// it.
class OwningProcess
{
public:
    bool isThisOne() const { return m_id == ::getpid(); }
    pid_t id() const { return m_id; }

private:
    pid_t m_id = ::getpid();
};

} // namespace IpcPrims
