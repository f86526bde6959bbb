// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"
#include "transport/listener_p.h"
#include "transport/socketfile_p.h"

namespace IpcPrims {

/// A listening Unix socket together with its place in the file system.
class ServerSocket
{
    Q_DISABLE_COPY_MOVE(ServerSocket)

public:
    ServerSocket() = default;
    ~ServerSocket() { close(); }

    Error open(const Endpoint &endpoint, const ListenOptions &options);
    void close();

    /// Never in a forked child: it is the process that has opened it which listens.
    bool isOpen() const { return m_descriptor.isValid() && !isInherited(); }
    bool isInherited() const
    {
        return m_descriptor.isValid() && m_generation != ForkGuard::generation();
    }
    int descriptor() const { return m_descriptor.get(); }

private:
    Error tryToOpen(const Endpoint &endpoint, const ListenOptions &options);
    Error bind(const Endpoint &endpoint, unsigned mode);

    FileDescriptor m_descriptor;
    int m_generation = 0;
    SocketFile m_file;
};

} // namespace IpcPrims
