// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>

#include <QtCore/qbytearray.h>

namespace IpcPrims {

/// The answer to Peer::request(), or why there is none.
struct Reply
{
    Error error;
    /// The answer; with ErrorCode::RequestFailed the other side's text, in UTF-8.
    QByteArray payload;
};

} // namespace IpcPrims
