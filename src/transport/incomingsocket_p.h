// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/incomingconnection_p.h"
#include "transport/nativestream_p.h"
#include "transport/unixconnection_p.h"

#include <utility>

namespace IpcPrims {

/// One that becomes a NativeStream.
class IncomingSocket final : public IncomingConnection
{
public:
    explicit IncomingSocket(UnixConnection accepted)
        : IncomingConnection(accepted.credentials)
        , m_descriptor(std::move(accepted.descriptor))
    {}

private:
    std::unique_ptr<ByteStream> openStream() override
    {
        return std::make_unique<NativeStream>(std::move(m_descriptor));
    }

    FileDescriptor m_descriptor;
};

} // namespace IpcPrims
