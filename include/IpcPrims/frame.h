// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

namespace IpcPrims {

/// A message on a channel, as BlockingPeer receives it.
struct Frame
{
    quint16 channel = 0;
    QByteArray payload;

    friend bool operator==(const Frame &a, const Frame &b)
    {
        return a.channel == b.channel && a.payload == b.payload;
    }
    friend bool operator!=(const Frame &a, const Frame &b) { return !(a == b); }
};

} // namespace IpcPrims
