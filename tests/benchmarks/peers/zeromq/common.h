// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <zmq.h>

namespace Bench {

/// Fails with ZeroMQ's error if \a result is one.
void check(int result);

QByteArray addressOf(const QString &path);

/// For as many sockets as there can be: where connections come and go, those that were closed take
/// their places for a while.
void *newContext();

void *newSocket(void *context, int type, const Setup &setup);

} // namespace Bench
