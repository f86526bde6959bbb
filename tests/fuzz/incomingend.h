// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/incomingconnection_p.h"
#include "transport/nativestream_p.h"

/// One end of a connected pair of sockets, for a server that did not have to listen for it.
class IncomingEnd final : public IpcPrims::IncomingConnection
{
public:
    explicit IncomingEnd(IpcPrims::FileDescriptor descriptor)
        : IncomingConnection(std::nullopt)
        , m_descriptor(std::move(descriptor))
    {}

private:
    std::unique_ptr<IpcPrims::ByteStream> openStream() override
    {
        return std::make_unique<IpcPrims::NativeStream>(std::move(m_descriptor));
    }

    IpcPrims::FileDescriptor m_descriptor;
};
