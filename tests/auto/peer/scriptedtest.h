// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rawsocket.h"

#include <IpcPrims/blockingpeer.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// What the other side says, as JSON.
inline const QByteArray Response
        = R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4],"peer_id":"peer-1"})";
inline const QByteArray Ping = R"({"type":"ping"})";
inline const QByteArray Pong = R"({"type":"pong"})";
inline const QByteArray ShutdownRequest = R"({"type":"shutdown_request"})";
inline const QByteArray ShutdownAck = R"({"type":"shutdown_ack"})";

/*!
    A client whose server is the other end of a socket pair, on which everything is written before
    it is received. So there is no second thread, no event loop, and not even an application object.
*/
class ScriptedTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

protected:
    /// Writes, as the other side.
    void write(quint16 channel, const QByteArray &payload);
    /// What the other side has received.
    RawSocket::Frame sent() { return m_other.readFrame().value_or(RawSocket::Frame()); }
    ErrorCode receive(std::chrono::milliseconds timeout = 0ms);
    ErrorCode receiveOn(quint16 channel);

    BlockingPeer m_peer;
    RawSocket m_other;
    Frame m_frame;
    Error m_error;
};

#define COMPARE_RECEIVED(call, number, text) \
    QCOMPARE(call, ErrorCode::NoError); \
    QCOMPARE(m_frame.channel, number); \
    QCOMPARE(m_frame.payload, QByteArray(text))
