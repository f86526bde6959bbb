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
    A server that listens on this machine, or has left its socket behind: for lists that people
    read. To know whether a service can be used, connect to it.

    find() and findIn() only look: no server notices anything, and nothing is removed. They may be
    called from any thread. They don't wait for other processes, but read the file system. Unix
    only: elsewhere they find nothing.
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
        Dead, ///< No process has it any more. The next server there replaces it.
        Unknown, ///< Can't be told, as the socket is for other users only.
    };
    Q_ENUM(State)

    /*!
        As Endpoint::forService() takes it, also where the socket's own name is a hash; empty for
        other sockets. Of a name of more than 1024 characters it is the socket's.
    */
    QString name;
    Endpoint endpoint;
    State state = State::Unknown;
    /// The server's process, as it has written it down: a hint, as PeerCredentials::pid, and
    /// another number than elsewhere if it runs in a sandbox. 0 if it isn't known or the server is
    /// dead.
    qint64 pid = 0;
    /// The user that the socket belongs to.
    quint32 uid = 0;
    /// When the server began to listen, or at what time its socket was last moved or touched.
    QDateTime since;

    /*!
        The services of this user, those of Endpoint::forService(), by name; dead ones too. \a error
        is PermissionDenied if the directory of services is somebody else's or others can write to
        it; it may be a null pointer. That the directory isn't there is no error. At most 4096 files
        are looked at: if there are more, \a error is ResourcesExhausted beside what was found.
    */
    static QList<ServiceInfo> find(Error *error = nullptr);
    /*!
        As above for all sockets in \a directory, of whatever user and program. An error if it can't
        be read: NotFound, PermissionDenied; or if not all of it was: ResourcesExhausted.
    */
    static QList<ServiceInfo> findIn(const QString &directory, Error *error = nullptr);
};

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::ServiceInfo)
