// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/bytestream_p.h"

#include <IpcPrims/peercredentials.h>

#include <memory>
#include <optional>

namespace IpcPrims {

/// A connected byte stream, and who is at its other end if the kernel could tell.
struct Connection
{
    std::unique_ptr<ByteStream> stream;
    std::optional<PeerCredentials> credentials;
};

} // namespace IpcPrims
