// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    How long the peers, servers and framers of the calling thread may work, all of them together,
    until the thread's timers, windows and other events have had their turn: 4 ms by default. A slot
    or handler that takes longer is not interrupted, but is the last one of its turn. Peers with
    more to deliver take turns, so that a flood from one of them holds up neither the others nor the
    thread.

    Worker threads of a Server have a limit of their own, each: it can be set by the handler of
    Server::setWorkerThreads().
*/
IPCPRIMS_CORE_EXPORT std::chrono::microseconds turnTime();

/// Sets the limit for the calling thread: 0 to 1 hour. With 0, each turn has one slot or handler.
IPCPRIMS_CORE_EXPORT void setTurnTime(std::chrono::microseconds limit);

} // namespace IpcPrims
