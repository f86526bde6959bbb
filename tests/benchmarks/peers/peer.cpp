// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/peer.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace Bench {

Receipt Receipt::fromBytes(QByteArrayView bytes)
{
    verify(bytes.size() == sizeof(Receipt), "a receipt of the wrong size arrived");
    Receipt receipt;
    std::memcpy(&receipt, bytes.data(), sizeof(Receipt));
    return receipt;
}

Client::Latencies Client::commandsBeside(qsizetype, std::chrono::milliseconds)
{
    return {};
}

void fail(const QString &reason)
{
    std::fprintf(stderr, "%s\n", qPrintable(reason));
    std::_Exit(EXIT_FAILURE); // Other threads may be in the middle of anything.
}

} // namespace Bench
