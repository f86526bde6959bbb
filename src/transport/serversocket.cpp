// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/serversocket_p.h"

#include "transport/leftovers_p.h"
#include "transport/servicedirectory_p.h"
#include "transport/systemerror_p.h"
#include "transport/unixsocket_p.h"

#include <cerrno>

#include <sys/stat.h>

namespace IpcPrims {

static Error callFailed(QLatin1String call, const Endpoint &endpoint, int reason)
{
    return Error::fromNative(
            errorCodeFor(reason),
            QStringLiteral("can't listen at %1, %2() failed").arg(endpoint.path(), call), reason);
}

Error ServerSocket::open(const Endpoint &endpoint, const ListenOptions &options)
{
    close();
    m_generation = ForkGuard::generation();
    const Error error = tryToOpen(endpoint, options);
    if (error)
        close();
    return error;
}

Error ServerSocket::tryToOpen(const Endpoint &endpoint, const ListenOptions &options)
{
    if (const Error error = endpoint.validate())
        return error;
    if (!endpoint.isAbstract()) {
        if (const Error error = prepareServiceDirectory(endpoint))
            return error;
        if (const Error error = m_file.claim(endpoint))
            return error;
    }
    if (const Error error = bind(endpoint, options.socketMode))
        return error;
    if (::listen(m_descriptor.get(), options.backlog) != 0)
        return callFailed(QLatin1String("listen"), endpoint, errno);
    if (endpoint.isAbstract())
        return Error();
    if (const Error error = m_file.publish())
        return error;
    if (isInServiceDirectory(endpoint))
        sweepLeftovers(serviceDirectory());
    return Error();
}

Error ServerSocket::bind(const Endpoint &endpoint, unsigned mode)
{
    m_descriptor = openStreamSocket();
    if (!m_descriptor.isValid())
        return callFailed(QLatin1String("socket"), endpoint, errno);

#ifdef Q_OS_LINUX
    // The file gets the socket's rights when it is made. Changed afterwards, there would be a
    // moment at which it has those of the umask.
    if (!endpoint.isAbstract() && ::fchmod(m_descriptor.get(), mode) != 0)
        return callFailed(QLatin1String("fchmod"), endpoint, errno);
#endif

    const SocketAddress address
            = endpoint.isAbstract() ? SocketAddress(endpoint) : m_file.birthAddress();
    if (::bind(m_descriptor.get(), address.data(), address.size()) != 0) {
        const int reason = errno;
        if (reason == EADDRINUSE && !endpoint.isAbstract())
            return m_file.occupiedError();
        return callFailed(QLatin1String("bind"), endpoint, reason);
    }
    return endpoint.isAbstract() ? Error() : m_file.adopt(mode);
}

void ServerSocket::close()
{
    m_file.remove();
    m_descriptor.reset();
}

} // namespace IpcPrims
