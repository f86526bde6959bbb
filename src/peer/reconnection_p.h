// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/outbox_p.h"
#include "peer/reconnectschedule_p.h"
#include "session/session_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/ipcprimsnamespace.h>

#include <QtCore/qbasictimer.h>

#include <optional>

namespace IpcPrims {

/// What a client connects to, with the settings of that time; again, if it reconnects.
struct Target
{
    SessionSettings settings;
    Transport transport = Transport::Automatic;
    Endpoint endpoint;
};

/// What a client remembers from one session to the next.
struct Reconnection
{
    ReconnectPolicy policy;
    ReconnectSchedule schedule;
    std::optional<Target> target; // Of connectToServer(), until this side wants to end it.
    QBasicTimer timer;
    std::optional<Session::Instant> retryAt; // While it waits for that.
    quint64 generation = 0;

    Outbox outbox;
};

} // namespace IpcPrims
