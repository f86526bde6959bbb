// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

namespace IpcPrims {

/*!
    Removes from \a directory, which is this user's own for services, what servers have left behind
    that were killed: sockets that no process has any more, and their locks. Anything else there,
    and whatever has another form of name, is left alone.

    A part of a large directory is looked at, another one each time, so that starting a server stays
    quick whatever has gathered there.
*/
void sweepLeftovers(const QByteArray &directory);

} // namespace IpcPrims
