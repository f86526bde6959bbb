// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/fileidentity_p.h"
#include "transport/pathlock_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

#include <optional>

namespace IpcPrims {

/*!
    The place of a server's socket in the file system: what may be done to the path before the
    socket is bound to it, and what afterwards.

    The rules: a live socket is never displaced, a dead one of this user's is replaced, and anything
    else (files, directories, links to whatever) is left alone. Links are never followed.
*/
class SocketFile
{
    Q_DISABLE_COPY_MOVE(SocketFile)

public:
    SocketFile() = default;
    ~SocketFile() { remove(); }

    /// Locks the path of \a endpoint and makes sure that nothing is there.
    Error claim(const Endpoint &endpoint);

    /*!
        To be called between bind() and listen(), while connections are still refused: remembers the
        file as ours and sees to it that its access rights are exactly \a mode.
    */
    Error adopt(unsigned mode);

    /// Tells why bind() failed with EADDRINUSE although the path had been free.
    Error occupiedError() const;

    /*!
        Removes the file, if it still is the one that was adopted, and unlocks the path. To be
        called before the socket is closed: until then the system can't give its identity to another
        file.
    */
    void remove();

private:
    Error checkIsSocketOrAbsent() const;
    Error removeDeadSocket();

    Endpoint m_endpoint;
    PathLock m_lock;
    std::optional<FileIdentity> m_adopted;
};

} // namespace IpcPrims
