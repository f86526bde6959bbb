// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "addon.h"
#include "background.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/blockingpeer.h>

#include <QtCore/qcryptographichash.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr int FrameCount = 10000;

QString hashOf(const QByteArray &payload)
{
    return QString::fromLatin1(
            QCryptographicHash::hash(payload, QCryptographicHash::Sha256).toHex());
}

// The addon's process gets its commands from the event loop, which therefore has to run meanwhile.
Error inBackground(const std::function<Error()> &call)
{
    Error error;
    Background calling([&] { error = call(); });
    static_cast<void>(QTest::qWaitFor([&] { return calling.isDone(); }, 30'000));
    calling.join();
    return error;
}

} // namespace

/*!
    A blocking peer with the reference implementation at the other end: with its blocking and its
    promise classes, each as the client of our BlockingListener and as the server of our
    BlockingPeer.
*/
class tst_InteropBlocking : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();

    void handshakeAgreesOnChannels();
    void tokenArrives();
    void framesGoBothWays();
    void largestPayloads();
    void manyFramesFromTheAddonKeepTheirOrder();
    void manyFramesToTheAddonKeepTheirOrder();
    void receivingOnOneChannelKeepsTheOthers();
    void addonPings();
    void weArePingingTheAddon();
    void requestsAreAnswered();
    void addonShutsDown();
    void weShutDown();
    void addonCloses();
    void weAbort();

private:
    bool open(const QList<quint16> &channels = {1, 2, 3, 4},
              const std::optional<QByteArray> &token = std::nullopt);
    Error receive(Frame *frame)
    {
        return inBackground([&] { return m_peer.receive(frame, 20s); });
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Addon> m_addon;
    bool m_addonListens = false;
    BlockingListener m_listener;
    BlockingPeer m_peer;
};

void tst_InteropBlocking::initTestCase_data()
{
    QTest::addColumn<Addon::Style>("style");
    QTest::addColumn<bool>("addonListens");
    QTest::newRow("blocking client") << Addon::Blocking << false;
    QTest::newRow("blocking server") << Addon::Blocking << true;
    QTest::newRow("promise client") << Addon::Promise << false;
    QTest::newRow("promise server") << Addon::Promise << true;
}

void tst_InteropBlocking::init()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QFETCH_GLOBAL(bool, addonListens);
    m_directory = std::make_unique<QTemporaryDir>();
    m_addon = std::make_unique<Addon>(style);
    m_addonListens = addonListens;
    m_listener = BlockingListener();
    m_peer = BlockingPeer();
}

void tst_InteropBlocking::cleanup()
{
    m_peer = BlockingPeer();
    m_listener = BlockingListener();
    m_addon.reset();
}

bool tst_InteropBlocking::open(const QList<quint16> &channels,
                               const std::optional<QByteArray> &token)
{
    const QString path = m_directory->filePath(u"interop.sock"_s);
    const Endpoint endpoint = Endpoint::fromPath(path);
    if (m_addonListens) {
        if (!m_addon->bind(path, channels).error().isEmpty())
            return false;
        const Answer accepted = m_addon->accept();
        m_peer.setRequestedChannels(channels);
        m_peer.setAuthToken(token.value_or(QByteArray()));
        return !inBackground([&] { return m_peer.connectToServer(endpoint); })
               && accepted.error().isEmpty();
    }
    m_listener.setChannels(channels);
    if (m_listener.listen(endpoint))
        return false;
    const Answer connected = m_addon->connect(path, channels, token);
    return !inBackground([&] { return m_listener.accept(&m_peer, 20s); })
           && connected.error().isEmpty();
}

void tst_InteropBlocking::handshakeAgreesOnChannels()
{
    const QList<quint16> channels = {300, 4, 256, 1};
    QVERIFY(open(channels));
    QCOMPARE(m_peer.channels(), channels);
    QCOMPARE(m_peer.peerId(), u"peer-1"_s);
    QCOMPARE(m_peer.protocolVersion(), u"1.0"_s);
    QCOMPARE(m_peer.credentials()->pid, m_addon->processId());
}

void tst_InteropBlocking::tokenArrives()
{
    const QByteArray token = QByteArray::fromHex("00ff10");
    QVERIFY(open({1}, token));
    if (m_addonListens)
        QCOMPARE(m_addon->takeToken().value("tokenHex"_L1).toString(), u"00ff10"_s);
    else
        QCOMPARE(m_peer.takeAuthToken(), std::optional(token));
}

void tst_InteropBlocking::framesGoBothWays()
{
    QVERIFY(open());
    for (const quint16 channel :
         {Channel::Command, Channel::Data, Channel::Telemetry, Channel::Error}) {
        const QByteArray payload = "on " + Channel::name(channel).toLatin1();
        QCOMPARE(m_addon->send(channel, payload).error(), QString());
        Frame frame;
        QVERIFY(!receive(&frame));
        QCOMPARE(frame, (Frame{channel, payload}));

        QVERIFY(!m_peer.send(channel, QByteArray()));
        const Answer received = m_addon->receive();
        QCOMPARE(received.error(), QString());
        QCOMPARE(received.value("channel"_L1).toInt(), channel);
        QCOMPARE(received.value("size"_L1).toInt(-1), 0);
    }
    QCOMPARE(m_peer.send(9, "x").code(), ErrorCode::UnsupportedChannel);
}

void tst_InteropBlocking::largestPayloads()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QVERIFY(open());
    const Answer sent = m_addon->send(Channel::Data, MaxPayloadSize, 'a');
    Frame frame;
    QVERIFY(!receive(&frame));
    QVERIFY(frame.payload == QByteArray(MaxPayloadSize, 'a'));
    QCOMPARE(sent.error(), QString());

    // The promise classes count the header into their 16 MiB.
    const qint64 size = style == Addon::Blocking ? MaxPayloadSize : MaxPayloadSize - 8;
    const QByteArray payload(size, 'q');
    const Answer received = m_addon->receive();
    QVERIFY(!inBackground([&] { return m_peer.send(Channel::Data, payload); }));
    QCOMPARE(received.error(), QString());
    QCOMPARE(received.value("sha256"_L1).toString(), hashOf(payload));
}

void tst_InteropBlocking::manyFramesFromTheAddonKeepTheirOrder()
{
    QVERIFY(open());
    const Answer sent = m_addon->sendNumbered(Channel::Telemetry, FrameCount);
    const Error error = inBackground([&] {
        for (int number = 0; number < FrameCount; ++number) {
            Frame frame;
            if (const Error failed = m_peer.receive(&frame, 20s))
                return failed;
            if (frame.payload != QByteArray::number(number))
                return Error(ErrorCode::InvalidArgument, u"out of order"_s);
        }
        return Error();
    });
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(sent.error(), QString());
}

void tst_InteropBlocking::manyFramesToTheAddonKeepTheirOrder()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QVERIFY(open());
    // The promise classes end the session when more than 256 frames wait to be taken.
    const int batch = style == Addon::Blocking ? FrameCount : 200;
    for (int from = 0; from < FrameCount; from += batch) {
        const Answer received = m_addon->receiveNumbered(from, batch);
        const Error error = inBackground([&] {
            for (int number = from; number < from + batch; ++number) {
                const QByteArray payload = QByteArray::number(number);
                // Some alone, some together.
                const Error failed = number % 3 == 0 ? m_peer.send(Channel::Data, payload)
                                                     : m_peer.gather(Channel::Data, payload);
                if (failed)
                    return failed;
            }
            return m_peer.flush();
        });
        QVERIFY2(!error, qPrintable(error.message()));
        QCOMPARE(received.error(), QString());
    }
}

void tst_InteropBlocking::receivingOnOneChannelKeepsTheOthers()
{
    QVERIFY(open());
    QCOMPARE(m_addon->send(Channel::Data, "data").error(), QString());
    QCOMPARE(m_addon->send(Channel::Command, "command").error(), QString());
    Frame frame;
    QVERIFY(!m_peer.receiveOn(Channel::Command, &frame));
    QCOMPARE(frame.payload, "command"_ba);
    QCOMPARE(m_peer.receive(&frame, 0ms).code(), ErrorCode::Timeout);
    QVERIFY(!m_peer.receiveOn(Channel::Data, &frame));
    QCOMPARE(frame.payload, "data"_ba);
}

void tst_InteropBlocking::addonPings()
{
    QVERIFY(open());
    Frame frame;
    Error error;
    Background receiving([&] { error = m_peer.receive(&frame, 20s); });
    QCOMPARE(m_addon->ping().error(), QString());
    // Not before that: the promise classes may send it first, and then nobody receives the ping.
    QCOMPARE(m_addon->send(Channel::Data, "thank you").error(), QString());
    receiving.join();
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(frame.payload, "thank you"_ba);
}

void tst_InteropBlocking::weArePingingTheAddon()
{
    QVERIFY(open());
    const Answer received = m_addon->receive(); // Its blocking classes answer while they receive.
    PingReply reply;
    QVERIFY(!inBackground([&] {
        reply = m_peer.ping(20s);
        return reply.error;
    }));
    QVERIFY(reply.roundTripTime > 0ns);
    QVERIFY(!m_peer.send(Channel::Data, "thank you"));
    QCOMPARE(received.error(), QString());
}

void tst_InteropBlocking::requestsAreAnswered()
{
    QVERIFY(open());
    const Answer received = m_addon->receiveOn(Channel::Command);
    const Answer sent = m_addon->send(Channel::Command, "answer");
    Reply reply;
    QVERIFY(!inBackground([&] {
        reply = m_peer.request("question", 20s);
        return reply.error;
    }));
    QCOMPARE(reply.payload, "answer"_ba);
    QCOMPARE(received.value("sha256"_L1).toString(), hashOf("question"));
    QCOMPARE(sent.error(), QString());
}

void tst_InteropBlocking::addonShutsDown()
{
    QVERIFY(open());
    QCOMPARE(m_addon->sendNumbered(Channel::Data, 100).error(), QString());
    Error end;
    int count = 0;
    Background receiving([&] {
        Frame frame;
        while (!(end = m_peer.receive(&frame, 20s)))
            ++count;
    });
    QCOMPARE(m_addon->shutdown().error(), QString());
    // Only the blocking classes close with the shutdown.
    QCOMPARE(m_addon->close().error(), QString());
    receiving.join();
    QCOMPARE(count, 100);
    QCOMPARE(end.code(), ErrorCode::ShutdownRequested);
}

void tst_InteropBlocking::weShutDown()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QVERIFY(open());
    for (int number = 0; number < 100; ++number)
        QVERIFY(!m_peer.send(Channel::Data, QByteArray::number(number)));
    Error error;
    Background ending([&] { error = m_peer.shutdown(u"done"_s, 20s); });
    // The promise classes acknowledge by themselves, and may drop what they have received.
    if (style == Addon::Blocking) {
        QCOMPARE(m_addon->receiveNumbered(0, 100).error(), QString());
        // The next receive call finds the request and acknowledges it.
        QVERIFY(m_addon->receive().error().contains(u"closed"_s));
    }
    ending.join();
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(m_peer.state(), BlockingPeer::State::Closed);
}

void tst_InteropBlocking::addonCloses()
{
    QVERIFY(open());
    QCOMPARE(m_addon->send(Channel::Data, "last").error(), QString());
    QCOMPARE(m_addon->close().error(), QString());
    Frame frame;
    QVERIFY(!receive(&frame));
    QCOMPARE(receive(&frame).code(), ErrorCode::Disconnected);
}

void tst_InteropBlocking::weAbort()
{
    QVERIFY(open());
    QVERIFY(!m_peer.send(Channel::Data, "last"));
    QCOMPARE(m_addon->receive().value("sha256"_L1).toString(), hashOf("last"));
    m_peer.abort();
    QVERIFY(!m_addon->receive().error().isEmpty());
}

QTEST_GUILESS_MAIN(tst_InteropBlocking)
#include "tst_interop_blocking.moc"
