// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/incomingconnection_p.h"
#ifdef Q_OS_UNIX
#    include "transport/forkguard_p.h"
#endif

#include <optional>

namespace IpcPrims {

/// One that becomes a LocalSocketStream.
class IncomingLocalSocket final : public IncomingConnection
{
public:
    explicit IncomingLocalSocket(qintptr descriptor);
    ~IncomingLocalSocket() override;

private:
    std::unique_ptr<ByteStream> openStream() override;

    std::optional<qintptr> m_descriptor;
#ifdef Q_OS_UNIX
    const ForkGuard m_guard;
#endif
};

} // namespace IpcPrims
