// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/peercredentials_p.h"

#ifdef Q_OS_UNIX
#    include <sys/socket.h>
#    include <sys/types.h>
#    include <sys/un.h>
#    include <unistd.h>
#endif

namespace IpcPrims {

#if defined(Q_OS_LINUX)

std::optional<PeerCredentials> readPeerCredentials(qintptr descriptor)
{
    ucred found = {};
    socklen_t size = sizeof(found);
    if (::getsockopt(int(descriptor), SOL_SOCKET, SO_PEERCRED, &found, &size) != 0)
        return std::nullopt;
    // A socket without a peer has these; -1 is no user, and so never somebody to trust.
    if (found.uid == uid_t(-1))
        return std::nullopt;
    return PeerCredentials{found.uid, found.gid, found.pid};
}

#elif defined(Q_OS_UNIX)

std::optional<PeerCredentials> readPeerCredentials(qintptr descriptor)
{
    uid_t uid = 0;
    gid_t gid = 0;
    if (::getpeereid(int(descriptor), &uid, &gid) != 0)
        return std::nullopt;
    pid_t pid = 0; // Stays unknown where the system does not tell.
#    ifdef LOCAL_PEERPID
    socklen_t size = sizeof(pid);
    if (::getsockopt(int(descriptor), SOL_LOCAL, LOCAL_PEERPID, &pid, &size) != 0)
        pid = 0;
#    endif
    return PeerCredentials{uid, gid, pid};
}

#else

std::optional<PeerCredentials> readPeerCredentials(qintptr)
{
    // Users of Windows are not numbers. The pipe's access list lets only this user in.
    return std::nullopt;
}

#endif

bool isThisUser(const std::optional<PeerCredentials> &credentials)
{
#ifdef Q_OS_UNIX
    return credentials && credentials->uid == ::geteuid();
#else
    Q_UNUSED(credentials);
    return false;
#endif
}

} // namespace IpcPrims
