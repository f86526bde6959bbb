// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "session/handshake_p.h"

// A handshake with nothing wrong, of which a test changes one thing.

inline IpcPrims::HandshakeRequest goodRequest()
{
    return {"ipcprims", "1.0", {1}, std::nullopt};
}

inline IpcPrims::HandshakeResponse goodResponse()
{
    return {"ipcprims", "1.0", {1}, "peer-1"};
}

inline IpcPrims::HandshakeTerms terms(const QList<quint16> &channels)
{
    IpcPrims::HandshakeTerms result;
    result.channels = channels;
    return result;
}
