// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/transportfactory_p.h"

#include "transport/localsocketconnector_p.h"
#include "transport/logging_p.h"
#ifdef Q_OS_UNIX
#    include "transport/unixconnector_p.h"
#    include "transport/unixlistener_p.h"
#endif
#if defined(Q_OS_LINUX) || defined(Q_OS_WIN)
#    include "transport/localsocketlistener_p.h"
#endif

#include <mutex>

namespace IpcPrims {

static constexpr char Variable[] = "IPCPRIMS_TRANSPORT";

static Transport transportFromEnvironment()
{
    const QByteArray value = qgetenv(Variable);
    if (value == "localsocket")
        return Transport::LocalSocket;
    if (!value.isEmpty() && value != "native") {
        static std::once_flag warned;
        std::call_once(warned, [&] {
            qCWarning(lcTransport) << Variable << "has the unknown value" << value
                                   << "and is ignored; expected native or localsocket";
        });
    }
    return Transport::Native;
}

Transport effectiveTransport(Transport transport)
{
#ifdef Q_OS_UNIX
    return transport == Transport::Automatic ? transportFromEnvironment() : transport;
#else
    Q_UNUSED(transport);
    return Transport::LocalSocket;
#endif
}

std::unique_ptr<Listener> makeListener(Transport transport)
{
#if defined(Q_OS_LINUX)
    if (effectiveTransport(transport) == Transport::LocalSocket)
        return std::make_unique<LocalSocketListener>();
    return std::make_unique<UnixListener>();
#elif defined(Q_OS_UNIX)
    // Elsewhere QLocalServer can't be given a descriptor without losing track of whether it
    // listens. What the other side sees is the same.
    Q_UNUSED(transport);
    return std::make_unique<UnixListener>();
#else
    Q_UNUSED(transport);
    return std::make_unique<LocalSocketListener>();
#endif
}

std::unique_ptr<Connector> makeConnector(Transport transport, Connector::Listener *listener)
{
#ifdef Q_OS_UNIX
    if (effectiveTransport(transport) == Transport::Native)
        return std::make_unique<UnixConnector>(listener);
#else
    Q_UNUSED(transport);
#endif
    return std::make_unique<LocalSocketConnector>(listener);
}

} // namespace IpcPrims
