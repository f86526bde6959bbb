// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peertest.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

/// Peer::setFrameHandler()
class tst_FrameHandler : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void handlerGetsEveryFrameInPlaceOfTheSignal();
    void emptyHandlerBringsTheSignalBack();
    void handlerMayReplaceItself();
    void capturesOutliveAReplacement();
    void handlerMayOwnThePeer();
    void handlerMayDeleteThePeer();
    void handlerMayRunAnEventLoop();
    void handlerOfAChannelGetsItsFramesOnly();
    void handlerOfAChannelMayRemoveItself();
    void handlerOfAChannelMayOwnThePeer();
    void handlerOfAChannelMayDeleteThePeer();
};

void tst_FrameHandler::handlerGetsEveryFrameInPlaceOfTheSignal()
{
    open();
    Frames frames;
    QSignalSpy signal(m_peer, &Peer::frameReceived);
    m_peer->setFrameHandler([&frames](quint16 channel, QByteArrayView payload) {
        frames.append({channel, payload.toByteArray()});
    });
    // Within one read, over several, empty, and with a buffer of its own.
    const Frames sent = {{1, "one"},
                         {2, QByteArray(70'000, 'x')},
                         {3, ""},
                         {4, QByteArray(100, 'y')},
                         {2, QByteArray(5'000'000, 'z')}};
    for (const auto &[channel, payload] : sent)
        QVERIFY(!m_client->send(channel, payload));
    QTRY_COMPARE_WITH_TIMEOUT(frames.size(), sent.size(), Patience);
    for (const auto &frame : sent)
        QVERIFY(frames.contains(frame)); // Channels may overtake each other.
    QCOMPARE(signal.size(), 0);
}

void tst_FrameHandler::emptyHandlerBringsTheSignalBack()
{
    open();
    QSignalSpy signal(m_peer, &Peer::frameReceived);
    int handled = 0;
    m_peer->setFrameHandler([&](quint16, QByteArrayView) {
        if (++handled == 2)
            m_peer->setFrameHandler({});
    });
    for (const char *payload : {"a", "b", "c", "d"})
        QVERIFY(!m_client->send(1, payload));
    QTRY_COMPARE_WITH_TIMEOUT(signal.size(), 2, Patience);
    QCOMPARE(signal.at(0).at(1), "c"_ba);
    QCOMPARE(handled, 2);
}

void tst_FrameHandler::handlerMayReplaceItself()
{
    open();
    QByteArrayList handled;
    const auto heavy = std::make_shared<QByteArray>("what the first one has captured");
    m_peer->setFrameHandler([this, &handled, heavy](quint16, QByteArrayView) {
        m_peer->setFrameHandler([&handled](quint16, QByteArrayView payload) {
            handled.append("second " + payload.toByteArray());
        });
        m_peer->setFrameHandler([&handled](quint16, QByteArrayView payload) {
            handled.append("third " + payload.toByteArray());
        });
        handled.append(*heavy);
    });
    QVERIFY(!m_client->send(1, "a"));
    QVERIFY(!m_client->send(1, "b"));
    QTRY_COMPARE_WITH_TIMEOUT(handled, QByteArrayList({*heavy, "third b"}), Patience);
    QCOMPARE(heavy.use_count(), 1); // Nothing is kept longer than needed.
}

void tst_FrameHandler::capturesOutliveAReplacement()
{
    open();
    // So small that a function object holds them in itself.
    int first = 0;
    int second = 0;
    int *const counted = &first;
    m_peer->setFrameHandler([this, counted](quint16, QByteArrayView) {
        Peer *const peer = m_peer;
        peer->setFrameHandler({});
        ++*counted;
    });
    QVERIFY(!m_client->send(1, "a"));
    QTRY_COMPARE_WITH_TIMEOUT(first, 1, Patience);

    m_peer->setFrameHandler([this, &first, &second](quint16, QByteArrayView) {
        m_peer->setFrameHandler([&second](quint16, QByteArrayView) { ++second; });
        ++first;
    });
    QVERIFY(!m_client->send(1, "b"));
    QVERIFY(!m_client->send(1, "c"));
    QTRY_COMPARE_WITH_TIMEOUT(second, 1, Patience);
    QCOMPARE(first, 2);
}

void tst_FrameHandler::handlerMayOwnThePeer()
{
    open();
    std::shared_ptr<Peer> owned(m_client.release());
    const QPointer<Peer> alive(owned.get());
    owned->setFrameHandler([owned](quint16, QByteArrayView) { owned->setFrameHandler({}); });
    owned.reset();
    QVERIFY(alive); // By its handler.
    QVERIFY(!m_peer->send(1, "let go"));
    QTRY_VERIFY_WITH_TIMEOUT(!alive, Patience);
}

void tst_FrameHandler::handlerMayDeleteThePeer()
{
    open();
    int handled = 0;
    const auto heavy = std::make_shared<int>(0);
    m_client->setFrameHandler([this, &handled, heavy](quint16, QByteArrayView) {
        ++handled;
        m_client.reset();
        ++*heavy;
    });
    for (int i = 0; i < 5; ++i)
        QVERIFY(!m_peer->send(1, "frame"));
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
    QCOMPARE(handled, 1);
    QCOMPARE(*heavy, 1);
    QCOMPARE(heavy.use_count(), 1);
}

void tst_FrameHandler::handlerMayRunAnEventLoop()
{
    open();
    QByteArrayList handled;
    m_peer->setFrameHandler([&](quint16, QByteArrayView payload) {
        const QByteArray before = payload.toByteArray();
        if (handled.isEmpty()) {
            handled.append("nested");
            // The frames that follow are handled inside, and leave this view alone.
            QTRY_VERIFY_WITH_TIMEOUT(handled.size() == 3, Patience);
        }
        QCOMPARE(payload.toByteArray(), before);
        handled.append(before);
    });
    for (const char *payload : {"a", "b", "c"})
        QVERIFY(!m_client->send(1, payload));
    QTRY_COMPARE_WITH_TIMEOUT(handled, QByteArrayList({"nested", "b", "c", "a"}), Patience);
}

void tst_FrameHandler::handlerOfAChannelGetsItsFramesOnly()
{
    open();
    QSignalSpy signal(m_peer, &Peer::frameReceived);
    Frames ofTwo;
    Frames ofAll;
    m_peer->setFrameHandler(2, [&ofTwo](quint16 channel, QByteArrayView payload) {
        ofTwo.append({channel, payload.toByteArray()});
    });
    QVERIFY(!m_client->send(2, "a"));
    QVERIFY(!m_client->send(3, "b"));
    QTRY_VERIFY_WITH_TIMEOUT(ofTwo.size() == 1 && signal.size() == 1, Patience);
    QCOMPARE(ofTwo, Frames({{2, "a"}}));
    QCOMPARE(signal.at(0).at(0), 3);

    m_peer->setFrameHandler([&ofAll](quint16 channel, QByteArrayView payload) {
        ofAll.append({channel, payload.toByteArray()});
    });
    QVERIFY(!m_client->send(2, "c"));
    QVERIFY(!m_client->send(3, "d"));
    QTRY_VERIFY_WITH_TIMEOUT(ofTwo.size() == 2 && ofAll.size() == 1, Patience);
    QCOMPARE(ofAll, Frames({{3, "d"}}));

    m_peer->setFrameHandler(2, {});
    QVERIFY(!m_client->send(2, "e"));
    QTRY_COMPARE_WITH_TIMEOUT(ofAll, Frames({{3, "d"}, {2, "e"}}), Patience);
    QCOMPARE(signal.size(), 1);
    QCOMPARE(ofTwo, Frames({{2, "a"}, {2, "c"}}));
}

void tst_FrameHandler::handlerOfAChannelMayRemoveItself()
{
    open();
    QSignalSpy signal(m_peer, &Peer::frameReceived);
    const auto heavy = std::make_shared<int>(0);
    m_peer->setFrameHandler(2, [this, heavy](quint16, QByteArrayView) {
        m_peer->setFrameHandler(2, {});
        m_peer->setFrameHandler(3, {});
        ++*heavy;
    });
    QVERIFY(!m_client->send(2, "a"));
    QVERIFY(!m_client->send(2, "b"));
    QTRY_COMPARE_WITH_TIMEOUT(signal.size(), 1, Patience);
    QCOMPARE(signal.at(0).at(1), "b"_ba);
    QCOMPARE(*heavy, 1);
    QCOMPARE(heavy.use_count(), 1);
}

void tst_FrameHandler::handlerOfAChannelMayOwnThePeer()
{
    open();
    std::shared_ptr<Peer> owned(m_client.release());
    const QPointer<Peer> alive(owned.get());
    Peer *const peer = owned.get();
    peer->setFrameHandler(2, [owned](quint16, QByteArrayView) {});
    owned.reset();
    QVERIFY(alive); // By its handler.
    peer->setFrameHandler(2, {});
    QVERIFY(!alive);
}

void tst_FrameHandler::handlerOfAChannelMayDeleteThePeer()
{
    open();
    const auto handled = std::make_shared<int>(0);
    m_client->setFrameHandler(2, [this, handled](quint16, QByteArrayView) {
        m_client.reset();
        ++*handled;
    });
    for (int i = 0; i < 5; ++i)
        QVERIFY(!m_peer->send(2, "frame"));
    QTRY_VERIFY_WITH_TIMEOUT(!m_client, Patience);
    QCOMPARE(*handled, 1);
    QCOMPARE(handled.use_count(), 1);
}

QTEST_GUILESS_MAIN(tst_FrameHandler)
#include "tst_framehandler.moc"
