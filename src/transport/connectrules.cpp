// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/connectrules_p.h"

#include "transport/peercredentials_p.h"
#ifdef Q_OS_UNIX
#    include "transport/servicedirectory_p.h"
#endif

#include <algorithm>
#include <utility>

namespace IpcPrims {

static constexpr std::chrono::milliseconds LongestPause = std::chrono::milliseconds(50);

Error checkBeforeConnecting(const Endpoint &endpoint)
{
    if (const Error error = endpoint.validate())
        return error;
#ifdef Q_OS_UNIX
    return checkServiceDirectory(endpoint);
#else
    return Error();
#endif
}

Error checkServer(const Endpoint &endpoint, const std::optional<PeerCredentials> &credentials)
{
    if (!endpoint.isAbstract() || isThisUser(credentials))
        return Error();
    return Error(ErrorCode::PermissionDenied,
                 QStringLiteral("the server at %1 is another user's, and abstract names belong to "
                                "whoever takes them first")
                         .arg(endpoint.path()));
}

Error backlogFullError(const Endpoint &endpoint, std::chrono::milliseconds timeout)
{
    return Error(ErrorCode::Timeout,
                 QStringLiteral("connecting timed out after %1 ms, as the server has a full "
                                "backlog: %2")
                         .arg(timeout.count())
                         .arg(endpoint.path()));
}

std::chrono::milliseconds RetryPause::next()
{
    return std::exchange(m_next, std::min(2 * m_next, LongestPause));
}

} // namespace IpcPrims
