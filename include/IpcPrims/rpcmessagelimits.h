// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

namespace IpcPrims {

/*!
    How large a message of JSON-RPC may be, in either direction; see JsonRpc::setMessageLimits().
    A message is checked before anything is built from it: the number of its bytes first, which
    costs nothing, then the rest while its form is checked. The defaults keep the time that one
    message can take far below what a person notices.
*/
struct RpcMessageLimits
{
    /// Bytes of the JSON text, a batch as a whole; 1 MiB by default, 1 to MaxPayloadSize.
    qint64 bytes = 1024 * 1024;
    /// Objects and arrays inside one another, the message itself included; 1 to 1000.
    int depth = 128;
    /// Members of objects and elements of arrays, all levels together.
    int values = 100'000;
};

} // namespace IpcPrims
