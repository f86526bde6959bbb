// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

// What the examples in the public headers don't declare themselves.

#include <IpcPrims/Peer>
#include <IpcPrims/ReceiveLimits>
#include <IpcPrims/Server>

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>

extern IpcPrims::Peer &peer;
extern IpcPrims::Server &server;
extern const quint16 channel;
extern const QByteArray payload;
extern const QByteArray report;
