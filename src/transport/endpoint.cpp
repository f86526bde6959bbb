// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/endpoint.h>

#include "transport/servicename_p.h"
#ifdef Q_OS_WIN
#    include "transport/pipename_p.h"
#else
#    include "transport/servicedirectory_p.h"
#    include "transport/unixsocket_p.h"
#endif

#include <QtCore/qcryptographichash.h>
#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <algorithm>

namespace IpcPrims {

#ifdef Q_OS_WIN
static constexpr qsizetype MaxAddressLength = MaxPipeNameLength;
#else
static constexpr qsizetype MaxAddressLength = SocketAddress::MaxLength;
#endif

QByteArray serviceAddress(const QByteArray &prefix, const QByteArray &name,
                          const QByteArray &suffix)
{
    // QLocalSocket takes one byte less than the system does, and is to reach the service, too.
    const qsizetype room = MaxAddressLength - 1 - prefix.size() - suffix.size();
    if (name.size() <= room)
        return prefix + name + suffix;
    const QByteArray hash
            = QCryptographicHash::hash(name, QCryptographicHash::Sha256).toHex().left(16);
    const QByteArray beginning = name.left(std::max<qsizetype>(0, room - hash.size() - 1));
    return prefix + beginning + (beginning.isEmpty() ? "" : "-") + hash + suffix;
}

Endpoint Endpoint::fromPath(const QString &path)
{
    Endpoint endpoint;
    if (path.isEmpty())
        return endpoint;
#ifdef Q_OS_WIN
    const QByteArray name = path.toUtf8();
    endpoint.m_address = name.startsWith(PipePrefix) ? name : PipePrefix + name;
#else
    endpoint.m_address = QFile::encodeName(QDir::current().absoluteFilePath(path));
#endif
    return endpoint;
}

Endpoint Endpoint::forService(const QString &name)
{
    Endpoint endpoint;
    const QByteArray service = name.toUtf8();
    if (!isServiceName(service))
        return endpoint;
    endpoint.m_service = service;
#ifdef Q_OS_WIN
    const QByteArray prefix = servicePipePrefix();
    if (!prefix.isEmpty())
        endpoint.m_address = serviceAddress(prefix, service, QByteArray());
#else
    endpoint.m_address
            = serviceAddress(serviceDirectory() + '/', service, ServiceSuffix.toByteArray());
#endif
    return endpoint;
}

Endpoint Endpoint::abstract(const QByteArray &name)
{
    Endpoint endpoint;
    endpoint.m_address = name;
    endpoint.m_abstract = true;
    return endpoint;
}

QString Endpoint::path() const
{
#ifdef Q_OS_WIN
    return QString::fromUtf8(m_address);
#else
    const QString path = QFile::decodeName(m_address);
    return m_abstract ? QLatin1Char('@') + path : path;
#endif
}

Error Endpoint::validate() const
{
    if (isNull()) {
        return Error(ErrorCode::InvalidEndpoint,
                     QStringLiteral("the endpoint is empty: it needs a path, or the name of a "
                                    "service of letters, digits, '.', '-' and '_'"));
    }
    if (m_address.contains('\0')) {
        return Error(ErrorCode::InvalidEndpoint,
                     QStringLiteral("the endpoint's name has a NUL character in it"));
    }
#ifndef Q_OS_LINUX
    if (m_abstract) {
        return Error(ErrorCode::InvalidEndpoint,
                     QStringLiteral("abstract names such as %1 exist on Linux only").arg(path()));
    }
#endif
    if (m_address.size() > MaxAddressLength) {
        return Error(ErrorCode::PathTooLong,
                     QStringLiteral("socket path too long (%1 bytes, max %2): %3")
                             .arg(m_address.size())
                             .arg(MaxAddressLength)
                             .arg(path()));
    }
    return Error();
}

QDebug operator<<(QDebug debug, const Endpoint &endpoint)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "Endpoint(" << endpoint.path() << ')';
    return debug;
}

} // namespace IpcPrims
