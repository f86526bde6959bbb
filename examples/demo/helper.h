// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/Peer>

#include <QtCore/QObject>
#include <QtCore/QTimer>

namespace Demo {

/// Does what the program asks for; see work.h for what that can be.
class Helper : public QObject
{
    Q_OBJECT

public:
    Helper();

    void connectToServer(const IpcPrims::Endpoint &endpoint);

Q_SIGNALS:
    void finished(const IpcPrims::Error &reason);

private:
    void onFrame(quint16 channel, const QByteArray &payload);
    void obey(const QJsonObject &command);
    void returnBlock(const QByteArray &block);
    void sendSample();
    void pingBack();
    void send(IpcPrims::Channel::Number channel, const QJsonObject &object);
    void giveUpOn(const IpcPrims::Error &error);

    IpcPrims::Peer m_peer;
    QTimer m_sampling;
    int m_samplesSent = 0;
    int m_samplesWanted = 0;
};

} // namespace Demo
