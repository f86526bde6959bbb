// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingtest.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

void BlockingTest::init()
{
    QVERIFY(!QCoreApplication::instance());
    m_directory = std::make_unique<QTemporaryDir>();
    m_endpoint = Endpoint::fromPath(m_directory->filePath(u"socket"_s));
    m_listener = std::make_unique<BlockingListener>();
    QVERIFY(!m_listener->listen(m_endpoint));
    m_client = BlockingPeer();
    m_server = BlockingPeer();
}

void BlockingTest::cleanup()
{
    m_client = BlockingPeer();
    m_server = BlockingPeer();
    m_listener.reset();
    m_directory.reset();
}

void BlockingTest::open()
{
    Error accepted;
    Background accepting([&] { accepted = m_listener->accept(&m_server); });
    const Error connected = m_client.connectToServer(m_endpoint);
    QVERIFY2(!connected, qPrintable(connected.message()));
    accepting.join();
    QVERIFY2(!accepted, qPrintable(accepted.message()));
}
