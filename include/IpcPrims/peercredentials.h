// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qmetatype.h>

#include <optional>

namespace IpcPrims {

/*!
    User, group and process at the other end, as recorded by the kernel when the connection was
    made. For a client these are those of the process that called listen.

    \c pid is a hint for people and logs: process ids are reused, so grant nothing by it.
*/
struct IPCPRIMS_CORE_EXPORT PeerCredentials
{
    Q_GADGET
    Q_PROPERTY(quint32 uid MEMBER uid)
    Q_PROPERTY(quint32 gid MEMBER gid)
    Q_PROPERTY(qint64 pid MEMBER pid)

public:
    quint32 uid = 0;
    quint32 gid = 0;
    qint64 pid = 0;

    friend bool operator==(const PeerCredentials &a, const PeerCredentials &b)
    {
        return a.uid == b.uid && a.gid == b.gid && a.pid == b.pid;
    }
    friend bool operator!=(const PeerCredentials &a, const PeerCredentials &b) { return !(a == b); }
};

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::PeerCredentials)
