// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "background.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/blockingpeer.h>

#include <QtCore/qtemporarydir.h>

#include <memory>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

/// A listener and a client of it, new for each test. There is no application object.
class BlockingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

protected:
    /// Both ends of a session.
    void open();

    std::unique_ptr<QTemporaryDir> m_directory;
    Endpoint m_endpoint;
    std::unique_ptr<BlockingListener> m_listener;
    BlockingPeer m_client;
    BlockingPeer m_server; // The listener's end.
};
