// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

namespace IpcPrims {

/*!
    Limits of a JSON-RPC message, in either direction; see JsonRpc::setMessageLimits(). They are
    checked before anything is built from the message: first its size, the others with its syntax.
    The defaults keep the time for one message far below what a person notices.
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
