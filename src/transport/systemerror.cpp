// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/systemerror_p.h"

#include <cerrno>

namespace IpcPrims {

ErrorCode errorCodeFor(int nativeError)
{
    switch (nativeError) {
    case ENOENT:
    case ENOTDIR:
        return ErrorCode::NotFound;
    case ECONNREFUSED:
        return ErrorCode::ConnectionRefused;
    case EADDRINUSE:
        return ErrorCode::AddressInUse;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorCode::PermissionDenied;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
        return ErrorCode::ResourcesExhausted;
    default:
        return ErrorCode::SystemError;
    }
}

} // namespace IpcPrims
