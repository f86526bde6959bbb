// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/*!
    A server that listens on this machine, or the socket that a dead one has left: for lists that
    people read. To find out whether a service can be used, connect to it.

    find() and findIn() don't connect to any server and remove nothing. They may be called from any
    thread. They read the file system, but don't wait for other processes. Unix only: elsewhere they
    find nothing.
*/
struct IPCPRIMS_CORE_EXPORT ServiceInfo
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(IpcPrims::Endpoint endpoint MEMBER endpoint)
    Q_PROPERTY(IpcPrims::ServiceInfo::State state MEMBER state)
    Q_PROPERTY(qint64 pid MEMBER pid)
    Q_PROPERTY(quint32 uid MEMBER uid)
    Q_PROPERTY(QDateTime since MEMBER since)

public:
    enum class State {
        Running, ///< A process has the socket.
        Dead, ///< No process has it any more; the next server there replaces it.
        Unknown, ///< The socket is accessible to other users only.
    };
    Q_ENUM(State)

    /*!
        The name for Endpoint::forService(), also if the socket's file is named by a hash; empty for
        other sockets. For a name of more than 1024 characters, the name of the socket's file.
    */
    QString name;
    Endpoint endpoint;
    State state = State::Unknown;
    /// The process id that the server has recorded. A hint like PeerCredentials::pid, and a
    /// different number if it runs in a sandbox. 0 if unknown or if the server is dead.
    qint64 pid = 0;
    /// The user that the socket belongs to.
    quint32 uid = 0;
    /// When the server began to listen, or when its socket was last moved or touched.
    QDateTime since;

    /*!
        The services of this user that use Endpoint::forService(), sorted by name, dead ones
        included. \a error, which may be a null pointer, is PermissionDenied if the directory of
        services belongs to another user or others can write to it, and ResourcesExhausted, beside
        the services found, if there are more than the 4096 files that are read. A missing directory
        is no error.
    */
    static QList<ServiceInfo> find(Error *error = nullptr);
    /*!
        As above for all sockets in \a directory, of any user and program. NotFound or
        PermissionDenied if it can't be read, ResourcesExhausted if not all of it was.
    */
    static QList<ServiceInfo> findIn(const QString &directory, Error *error = nullptr);
};

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::ServiceInfo)
