// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    How long the event loop of the calling thread stays awake after a peer or framer in it has
    received or sent something: not at all (0) by default.

    An idle processor takes about 50 µs to wake up, which is most of a round trip's time. Whoever
    needs short round trips has the event loop look for more, again and again, for a while before it
    sleeps. Everything else in the thread goes on meanwhile: timers, notifiers, and events that
   other threads post. Once the time has passed without traffic the thread sleeps, and uses no
   processor time, until something happens.

    Meant for a worker thread of its own, as it keeps one processor busy while it looks. It gives
   way to other threads that want the processor, and stops looking for 100 ms if that takes long.
    Both sides of a session should do this, each on a processor of its own. For a thread without an
    event loop there is BlockingPeer::setSpinTime().

    Worker threads of a Server have a time of their own, each: it can be set by the handler of
    Server::setWorkerThreads().
*/
IPCPRIMS_CORE_EXPORT std::chrono::microseconds spinTime();

/// Sets the time for the calling thread: 0 to 1 hour; what is beyond that becomes the nearest of
/// these. It begins anew with each piece of traffic.
IPCPRIMS_CORE_EXPORT void setSpinTime(std::chrono::microseconds time);

} // namespace IpcPrims
