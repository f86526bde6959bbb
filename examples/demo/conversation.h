// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/Peer>

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>

#include <chrono>

namespace Demo {

/*!
    Asks one command after the other, each when the one before is answered, while other things go
    on: tells whether the session is being served all the time, and how long the longest wait was.
*/
class Conversation : public QObject
{
    Q_OBJECT

public:
    explicit Conversation(QObject *parent = nullptr);

    void start(IpcPrims::Peer *peer);
    void stop() { m_stopping = true; }

    int answers() const { return m_answers; }
    std::chrono::nanoseconds slowest() const { return m_slowest; }

Q_SIGNALS:
    /// The last answer has come, after stop().
    void stopped();
    void failed(const QString &why);

private:
    void ask();
    void onFrame(quint16 channel, const QByteArray &payload);

    IpcPrims::Peer *m_peer = nullptr;
    QElapsedTimer m_sinceAsked;
    std::chrono::nanoseconds m_slowest = std::chrono::nanoseconds::zero();
    int m_answers = 0;
    bool m_stopping = false;
};

} // namespace Demo
