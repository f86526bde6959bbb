// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qtemporarydir.h>
#include <QtCore/qthread.h>

#include <chrono>
#include <functional>
#include <memory>

/// Only a failing test waits that long.
inline constexpr std::chrono::seconds Patience = std::chrono::seconds(30);
inline constexpr int PatienceMs = 30'000;

/// Keeps this thread's processor busy; what the machine does meanwhile doesn't count.
void work(std::chrono::microseconds duration);

/*!
    Runs the event loop, as an application does, until something has happened and a 10 ms timer has
    fired so often. Says for how much of the thread's work the timer was silent at most.
*/
std::chrono::microseconds longestSilence(const std::function<bool()> &hasHappened, int shots = 20);

/// Takes its time where the event loop is.
class SlowValidator final : public IpcPrims::PayloadValidator
{
public:
    explicit SlowValidator(std::chrono::microseconds time = std::chrono::microseconds(200))
        : m_time(time)
    {}

    std::optional<Failure> check(quint16, QByteArrayView, Direction direction) const override;

private:
    const std::chrono::microseconds m_time;
    QThread *const m_thread = QThread::currentThread();
};

/// A server of which a test measures how it shares its thread's time.
class TurnTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

protected:
    void listen(const std::function<void(IpcPrims::Peer *)> &onPeer);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<IpcPrims::Server> m_server;
    IpcPrims::Endpoint m_endpoint;
};
