// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    How long the event loop of the calling thread stays awake after a peer or framer in it has
    received or sent something; 0, the default, for not at all.

    Waking an idle processor takes about 50 µs, which is most of a round trip. For short round trips
    the event loop can poll instead of sleeping, for a bounded time. Timers, notifiers and events
    posted by other threads are handled meanwhile. After that time without traffic the thread
    sleeps, and uses no processor time until something happens.

    Meant for a worker thread of its own, because it keeps a processor busy. The thread yields the
    processor to others, and doesn't spin for the next 100 ms if it had to wait long for it. Let
    both sides of a session spin, each on a processor of its own. For threads without an event loop
    there is BlockingPeer::setSpinTime().

    Each worker thread of a Server has its own time, which the handler of Server::setWorkerThreads()
    can set.
*/
IPCPRIMS_CORE_EXPORT std::chrono::microseconds spinTime();

/// Sets the time of the calling thread, 0 to 1 hour; other values become the nearest of these. It
/// restarts whenever something is received or sent.
IPCPRIMS_CORE_EXPORT void setSpinTime(std::chrono::microseconds time);

} // namespace IpcPrims
