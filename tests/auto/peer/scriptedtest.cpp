// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "scriptedtest.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

#include <array>

#include <sys/socket.h>

void ScriptedTest::init()
{
    std::array<int, 2> ends = {-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    m_other = RawSocket(ends[0]);
    write(Channel::Control, Response);
    m_peer = BlockingPeer();
    const Error error = m_peer.connectOver(ends[1]);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(sent().channel, Channel::Control);
    QVERIFY(m_peer.isOpen());
    QVERIFY(!QCoreApplication::instance());
}

void ScriptedTest::write(quint16 channel, const QByteArray &payload)
{
    QVERIFY(m_other.writeFrame(channel, payload));
}

ErrorCode ScriptedTest::receive(std::chrono::milliseconds timeout)
{
    m_frame = {};
    m_error = m_peer.receive(&m_frame, timeout);
    return m_error.code();
}

ErrorCode ScriptedTest::receiveOn(quint16 channel)
{
    m_frame = {};
    m_error = m_peer.receiveOn(channel, &m_frame, 0ms);
    return m_error.code();
}
