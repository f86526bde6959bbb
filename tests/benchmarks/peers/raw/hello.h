// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearrayview.h>

/// What a client and a server of this library say first: docs/protocol.md, section 3.
namespace Bench::Hello {

constexpr quint16 Channel = 0;
constexpr QByteArrayView Request
        = R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4]})";
constexpr QByteArrayView Response
        = R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4],"peer_id":"peer-1"})";

} // namespace Bench::Hello
