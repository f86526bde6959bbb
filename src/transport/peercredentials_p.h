// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/peercredentials.h>

#include <QtCore/qglobal.h>

#include <optional>

namespace IpcPrims {

/*!
    Asks the kernel who is at the other end of the connected socket \a descriptor. To be asked once,
    right after the connection was made; nothing where the kernel does not tell.
*/
IPCPRIMS_AUTOTEST_EXPORT std::optional<PeerCredentials> readPeerCredentials(qintptr descriptor);

/// Whether \a credentials are of this process' own user. Unknown ones are not.
bool isThisUser(const std::optional<PeerCredentials> &credentials);

} // namespace IpcPrims
