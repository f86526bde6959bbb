// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

// What the examples in docs/choosing.md don't declare themselves.

#include <IpcPrims/BlockingPeer>
#include <IpcPrims/Peer>
#include <IpcPrims/PeerHealth>
#include <IpcPrims/Server>

#include <QtCore/QDebug>

using namespace IpcPrims;
using namespace std::chrono_literals;

extern Server &server;
extern Peer &peer;
extern const std::shared_ptr<const PayloadValidator> registry;
extern const quint32 allowedUser;
extern const QString name;

void fail(const Error &error);
