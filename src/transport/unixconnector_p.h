// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/retryingconnector_p.h"

namespace IpcPrims {

/// Connects a Unix socket and hands it over as a NativeStream.
class UnixConnector final : public RetryingConnector
{
public:
    using RetryingConnector::RetryingConnector;

protected:
    Outcome tryOnce(const Endpoint &endpoint) override;
};

} // namespace IpcPrims
