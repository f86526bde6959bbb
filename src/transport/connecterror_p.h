// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>
#include <IpcPrims/error.h>

namespace IpcPrims {

/*!
    Tells somebody whose attempt to connect to \a endpoint failed with \a code what to look at. The
    same for all transports.
*/
Error connectError(const Endpoint &endpoint, ErrorCode code, int nativeError = 0);

} // namespace IpcPrims
