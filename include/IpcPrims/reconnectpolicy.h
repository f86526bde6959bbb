// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    When a client reconnects, see Peer::setReconnectPolicy(). The pauses grow by \c factor from the
    first to the longest. Each is shortened by a random part, so that the clients of a restarted
    server don't all connect at once. A session that lasts as long as the longest pause resets the
    pauses and counts. After a first pause of zero, the next one is 1 ms.
*/
struct IPCPRIMS_CORE_EXPORT ReconnectPolicy
{
    /// No reconnection: the default of a peer.
    static ReconnectPolicy never() { return {}; }
    static ReconnectPolicy exponential(std::chrono::milliseconds firstPause,
                                       std::chrono::milliseconds longestPause);

    bool isEnabled = false;
    std::chrono::milliseconds firstPause = std::chrono::milliseconds(100);
    std::chrono::milliseconds longestPause = std::chrono::seconds(10);
    double factor = 2; ///< At least 1.
    double jitter = 0.5; ///< The largest part, 0 to 1, by which a pause is shortened.
    /// Attempts in a row, until a session resets the count; 0 for no limit.
    int maxAttempts = 0;
    /// Since that session ended, or the first attempt failed; 0 for no limit.
    std::chrono::milliseconds maxTime = std::chrono::milliseconds::zero();
    /*!
        A server refuses a client by closing the connection without a reply (protocol section 3.5),
        which looks as if it had died. So many closed connections in a row count as a refusal.
    */
    int maxRefusals = 5;
    /// Whether to reconnect after the other side has ended the session with close().
    bool afterShutdown = true;
    /// Whether to retry after errors that the next attempt will most likely meet, too.
    bool afterPermanentErrors = false;

    /// Whether the next attempt may succeed after a session or attempt that ended for \a reason:
    /// the server was away, died, or didn't answer in time.
    static bool isTransient(const Error &reason);
};

} // namespace IpcPrims
