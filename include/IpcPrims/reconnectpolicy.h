// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsglobal.h>

#include <chrono>

namespace IpcPrims {

/*!
    When a client connects again by itself, see Peer::setReconnectPolicy(). The pauses grow by
    \c factor from the first to the longest, and each is shortened by a random part, so that the
    clients of a server that was restarted don't all come at once. A session that has lasted for the
    longest pause starts the row anew. After a first pause of zero, the next ones are milliseconds.
*/
struct IPCPRIMS_CORE_EXPORT ReconnectPolicy
{
    /// No attempts: this is the default of a peer.
    static ReconnectPolicy never() { return {}; }
    static ReconnectPolicy exponential(std::chrono::milliseconds firstPause,
                                       std::chrono::milliseconds longestPause);

    bool isEnabled = false;
    std::chrono::milliseconds firstPause = std::chrono::milliseconds(100);
    std::chrono::milliseconds longestPause = std::chrono::seconds(10);
    double factor = 2; ///< At least 1.
    double jitter = 0.5; ///< The largest part, 0 to 1, by which a pause is shortened.
    /// In a row, which only a session that starts the pauses anew interrupts; 0 stands for no
    /// limit.
    int maxAttempts = 0;
    /// Since that session ended, or the first attempt failed; 0 stands for no limit.
    std::chrono::milliseconds maxTime = std::chrono::milliseconds::zero();
    /*!
        A server refuses a client by closing the connection without a word (protocol section 3.5),
        which looks as if it had died just then. After so many in a row it is taken for a refusal.
    */
    int maxRefusals = 5;
    /// Whether to go on after the other side has ended the session in order.
    bool afterShutdown = true;
    /// Whether to go on after errors that the next attempt will most likely meet, too.
    bool afterPermanentErrors = false;

    /// Whether the end of a session or attempt is one after which the next attempt may succeed: the
    /// server was away, died, or did not answer in time.
    static bool isTransient(const Error &reason);
};

} // namespace IpcPrims
