// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    How long all peers, servers and framers of the calling thread may work together before the
    thread's timers, windows and other events have their turn; 4 ms by default. A slot or handler
    that takes longer isn't interrupted, but is the last one of its turn. Peers with more to deliver
    take turns, so a flood delays neither the other peers nor the thread.

    Each worker thread of a Server has its own limit, which the handler of
    Server::setWorkerThreads() can set.
*/
IPCPRIMS_CORE_EXPORT std::chrono::microseconds turnTime();

/// Sets the limit of the calling thread, 0 to 1 hour. With 0, each turn has one slot or handler.
IPCPRIMS_CORE_EXPORT void setTurnTime(std::chrono::microseconds limit);

} // namespace IpcPrims
