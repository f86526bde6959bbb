// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/birthplace_p.h"
#include "transport/fileidentity_p.h"
#include "transport/pathlock_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

#include <optional>

namespace IpcPrims {

/*!
    The place of a server's socket in the file system: what may be done to the path before the
    socket is there, and what afterwards.

    The rules: a live socket is never displaced, a dead one of this user's is replaced, and anything
    else (files, directories, links to whatever) is left alone. Links are never followed. Nobody
    finds the socket at the path before it listens: it is bound under another name, and moved.
*/
class SocketFile
{
    Q_DISABLE_COPY_MOVE(SocketFile)

public:
    SocketFile() = default;
    ~SocketFile() { remove(); }

    /*!
        Locks the path of \a endpoint and makes sure that nothing is there. AddressInUse means that
        clients can connect there now. For that it waits while another server holds the lock and
        does not listen yet, or any more: for at most 2 s, which only one that was stopped takes.
    */
    Error claim(const Endpoint &endpoint);

    /// Where the socket is to be bound.
    SocketAddress birthAddress() const { return m_birthplace.address(); }

    /*!
        To be called between bind() and listen(): remembers the file as ours and sees to it that its
        access rights are exactly \a mode.
    */
    Error adopt(unsigned mode);

    /// Moves the socket, which listens, to the endpoint's path.
    Error publish();

    /// Tells why bind() failed with EADDRINUSE although the place had been free.
    Error occupiedError() const;

    /*!
        Removes the file, if it still is the one that was adopted, and unlocks the path. To be
        called before the socket is closed: until then the system can't give its identity to another
        file. Does nothing in a forked child.
    */
    void remove();

private:
    Error lockPath();

    Endpoint m_endpoint;
    Birthplace m_birthplace;
    PathLock m_lock;
    OwningProcess m_owner;
    QByteArray m_name; // Of the file now.
    std::optional<FileIdentity> m_adopted;
};

} // namespace IpcPrims
