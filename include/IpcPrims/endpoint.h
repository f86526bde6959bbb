// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/*!
    Where a server listens and a client connects: on Unix the absolute path of a socket, on Windows
    the name of a pipe. A value; constructing one changes nothing in the file system.
*/
class IPCPRIMS_CORE_EXPORT Endpoint
{
public:
    /// A null endpoint; every use fails with InvalidEndpoint.
    Endpoint() = default;

    /*!
        The socket at \a path. A relative path is resolved against the current directory now. Every
        client of any language that connects to the same path reaches the same server.
    */
    static Endpoint fromPath(const QString &path);

    /*!
        A short, private, per-user address for the service \a name (a reverse-DNS name such as
        "org.example.indexer" is a good choice; letters, digits, '.', '-' and '_').

        On Unix the socket lies in \c ipcprims below \c XDG_RUNTIME_DIR or \c /run/user/UID, inside
        Flatpak below \c app/$FLATPAK_ID of that, inside Snap below \c SNAP_USER_COMMON, and without
        any of them in \c ipcprims-UID below the temporary directory. A variable is used only if it
        is valid for this process: its directory exists and belongs to this user, and the sandbox is
        real. docs/endpoints.md has the rules, which are the same for servers and clients.

        The server creates \c ipcprims for this user alone, and refuses to use one that others can
        change; it also removes the sockets there that killed servers have left. A name too long for
        a socket address is shortened and made unique by a hash, so it always fits. A name with
        other characters results in a null endpoint.
    */
    static Endpoint forService(const QString &name);

    /*!
        A name in Linux' abstract namespace. Such a socket has no file and so no mode: every local
        process can connect, but a server refuses other users than its own. Unsupported elsewhere.
    */
    static Endpoint abstract(const QByteArray &name);

    bool isNull() const { return m_address.isEmpty(); }
    bool isAbstract() const { return m_abstract; }

    /// The path on Unix, the pipe's full name on Windows; for an abstract name, '@' and the name.
    QString path() const;
    /// The name that forService() was called with; empty for other endpoints.
    QString serviceName() const { return QString::fromLatin1(m_service); }
    /// The bytes that go into the socket address, without the leading NUL of an abstract name.
    QByteArray nativeAddress() const { return m_address; }

    /*!
        Why this endpoint can't be used: InvalidEndpoint, or PathTooLong with the length and the
        system's limit (107 bytes on Linux). No error if the name itself is valid.
    */
    Error validate() const;

    friend bool operator==(const Endpoint &a, const Endpoint &b)
    {
        return a.m_abstract == b.m_abstract && a.m_address == b.m_address;
    }
    friend bool operator!=(const Endpoint &a, const Endpoint &b) { return !(a == b); }

private:
    QByteArray m_address;
    QByteArray m_service; // Says where the address comes from, and is no part of what it is.
    bool m_abstract = false;
};

IPCPRIMS_CORE_EXPORT QDebug operator<<(QDebug debug, const Endpoint &endpoint);

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::Endpoint)
