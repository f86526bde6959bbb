// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

// What the examples in docs/first-steps.md don't declare themselves.

#include <IpcPrims/AuthorizationRequest>
#include <IpcPrims/Peer>
#include <IpcPrims/Server>

#include <QtCore/QDebug>
#include <QtCore/QProcess>

using namespace IpcPrims;
using namespace std::chrono_literals;

extern Server &server;
extern Peer &peer;
extern QProcess &helper;
