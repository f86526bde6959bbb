// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "interopsession.h"

#include <QtCore/qcryptographichash.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int FrameCount = 10000;

/// What the addon answers when it has received \a payload.
QString hashOf(const QByteArray &payload)
{
    return QString::fromLatin1(
            QCryptographicHash::hash(payload, QCryptographicHash::Sha256).toHex());
}

} // namespace

/*!
    An open session with the reference implementation. Every test runs four times: with its
    blocking and its promise classes, each as the client of our Server and as the server of our
    Peer.
*/
class tst_InteropSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { InteropSession::addRows(); }
    void init();
    void cleanup() { m_session.reset(); }

    void channelsAreInTheClientsOrder();
    void credentialsAreTheAddonsProcess();
    void everyFixedChannelCarriesFramesBothWays();
    void userChannelsCarryFramesBothWays();
    void emptyPayloadsGoBothWays();
    void largestPayloadFromTheAddon();
    void largestPayloadToTheAddon();
    void manyFramesFromTheAddonKeepTheirOrder();
    void manyFramesToTheAddonKeepTheirOrder();
    void addonReceivesOnOneChannel();
    void addonAnswersRequests();
    void requestsOfTheAddonAreAnswered();
    void addonPings();
    void weArePingingTheAddon();
    void frameOfAnUnnegotiatedChannelIsNotSent();

private:
    std::unique_ptr<InteropSession> m_session;
};

void tst_InteropSession::init()
{
    m_session = InteropSession::ofRow();
}

void tst_InteropSession::channelsAreInTheClientsOrder()
{
    const QList<quint16> channels = {300, 4, 256, 1};
    QVERIFY(m_session->open(channels));
    QCOMPARE(m_session->peer->channels(), channels);
    QCOMPARE(m_session->peer->peerId(), u"peer-1"_s);
    QCOMPARE(m_session->peer->protocolVersion(), u"1.0"_s);
}

void tst_InteropSession::credentialsAreTheAddonsProcess()
{
    QVERIFY(m_session->open());
    QVERIFY(m_session->peer->credentials());
    QCOMPARE(m_session->peer->credentials()->pid, m_session->addon.processId());
}

void tst_InteropSession::everyFixedChannelCarriesFramesBothWays()
{
    QVERIFY(m_session->open());
    for (const quint16 channel :
         {Channel::Command, Channel::Data, Channel::Telemetry, Channel::Error}) {
        const QByteArray payload = "on " + Channel::name(channel).toLatin1();
        QCOMPARE(m_session->addon.send(channel, payload).error(), QString());
        QTRY_COMPARE(m_session->frames.size(), 1);
        QCOMPARE(m_session->frames.takeFirst(), InteropSession::Frame(channel, payload));

        QVERIFY(!m_session->peer->send(channel, payload));
        const Answer received = m_session->addon.receive();
        QCOMPARE(received.error(), QString());
        QCOMPARE(received.value("channel"_L1).toInt(), channel);
        QCOMPARE(received.value("sha256"_L1).toString(), hashOf(payload));
    }
}

void tst_InteropSession::userChannelsCarryFramesBothWays()
{
    const QList<quint16> channels = {256, 300, 65535};
    QVERIFY(m_session->open(channels));
    for (const quint16 channel : channels) {
        QCOMPARE(m_session->addon.send(channel, "from the addon").error(), QString());
        QTRY_COMPARE(m_session->frames.size(), 1);
        QCOMPARE(m_session->frames.takeFirst(), InteropSession::Frame(channel, "from the addon"));

        QVERIFY(!m_session->peer->send(channel, "to the addon"));
        QCOMPARE(m_session->addon.receive().value("channel"_L1).toInt(), channel);
    }
}

void tst_InteropSession::emptyPayloadsGoBothWays()
{
    QVERIFY(m_session->open());
    QCOMPARE(m_session->addon.send(Channel::Telemetry, QByteArray()).error(), QString());
    QTRY_COMPARE(m_session->frames.size(), 1);
    QCOMPARE(m_session->frames.first(), InteropSession::Frame(Channel::Telemetry, QByteArray()));

    QVERIFY(!m_session->peer->send(Channel::Error, QByteArray()));
    const Answer received = m_session->addon.receive();
    QCOMPARE(received.value("channel"_L1).toInt(), Channel::Error);
    QCOMPARE(received.value("size"_L1).toInt(-1), 0);
}

void tst_InteropSession::largestPayloadFromTheAddon()
{
    QVERIFY(m_session->open());
    QCOMPARE(m_session->addon.send(Channel::Data, MaxPayloadSize, 'a').error(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(m_session->frames.size(), 1, 30000);
    QVERIFY(m_session->frames.first().second == QByteArray(MaxPayloadSize, 'a'));

    QVERIFY(m_session->addon.send(Channel::Data, MaxPayloadSize + 1, 'a')
                    .error()
                    .contains(u"payload too large (16777217 bytes, max 16777216)"_s));
}

void tst_InteropSession::largestPayloadToTheAddon()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QVERIFY(m_session->open());
    // The promise classes count the header into their 16 MiB.
    const qint64 size = style == Addon::Blocking ? MaxPayloadSize : MaxPayloadSize - 8;
    const QByteArray payload(size, 'q');
    const Answer received = m_session->addon.receive();
    QVERIFY(!m_session->peer->send(Channel::Data, payload));
    QCOMPARE(received.error(), QString());
    QCOMPARE(received.value("size"_L1).toInteger(), size);
    QCOMPARE(received.value("sha256"_L1).toString(), hashOf(payload));

    const Error tooLarge
            = m_session->peer->send(Channel::Data, QByteArray(MaxPayloadSize + 1, 'q'));
    QCOMPARE(tooLarge.code(), ErrorCode::PayloadTooLarge);
}

void tst_InteropSession::manyFramesFromTheAddonKeepTheirOrder()
{
    QVERIFY(m_session->open());
    const Answer sent = m_session->addon.sendNumbered(Channel::Telemetry, FrameCount);
    QCOMPARE(sent.error(), QString());
    QTRY_COMPARE_WITH_TIMEOUT(m_session->frames.size(), FrameCount, 30000);
    for (int number = 0; number < FrameCount; ++number)
        QCOMPARE(m_session->frames[number].second, QByteArray::number(number));
}

void tst_InteropSession::manyFramesToTheAddonKeepTheirOrder()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QVERIFY(m_session->open());
    // The promise classes end the session when more than 256 frames wait to be taken.
    const int batch = style == Addon::Blocking ? FrameCount : 200;
    for (int from = 0; from < FrameCount; from += batch) {
        const Answer received = m_session->addon.receiveNumbered(from, batch);
        for (int number = from; number < from + batch; ++number)
            QVERIFY(!m_session->peer->send(Channel::Data, QByteArray::number(number)));
        QCOMPARE(received.error(), QString());
    }
}

void tst_InteropSession::addonReceivesOnOneChannel()
{
    QVERIFY(m_session->open());
    QVERIFY(!m_session->peer->send(Channel::Data, "data"));
    QVERIFY(!m_session->peer->send(Channel::Command, "command"));
    QCOMPARE(m_session->addon.receiveOn(Channel::Command).value("sha256"_L1).toString(),
             hashOf("command"));
    QCOMPARE(m_session->addon.receiveOn(Channel::Data).value("sha256"_L1).toString(),
             hashOf("data"));
}

void tst_InteropSession::addonAnswersRequests()
{
    QFETCH_GLOBAL(Addon::Style, style);
    QVERIFY(m_session->open());
    const int batch = style == Addon::Blocking ? 2000 : 200; // As above.
    for (int round = 0; round < 3; ++round) {
        const Answer done = m_session->addon.answerRequests(batch);
        QList<QFuture<Reply>> replies;
        for (int number = 0; number < batch; ++number)
            replies.append(m_session->peer->request(QByteArray::number(number), 30s));
        QTRY_VERIFY_WITH_TIMEOUT(replies.last().isFinished(), 30000);
        for (int number = 0; number < batch; ++number)
            QCOMPARE(replies[number].result().payload, "to " + QByteArray::number(number));
        QCOMPARE(done.error(), QString());
    }
    QVERIFY(m_session->frames.isEmpty());
}

void tst_InteropSession::requestsOfTheAddonAreAnswered()
{
    QVERIFY(m_session->open());
    m_session->peer->setRequestHandler(
            [](const Request &request) { request.reply("to " + request.payload()); });
    QCOMPARE(m_session->addon.askNumbered(20, false).error(), QString());

    // Ten at a time, the last one first.
    QList<Request> kept;
    m_session->peer->setRequestHandler([&kept](const Request &request) {
        kept.append(request);
        if (kept.size() < 10)
            return;
        while (!kept.isEmpty()) {
            const Request last = kept.takeLast();
            last.reply("to " + last.payload());
        }
    });
    QCOMPARE(m_session->addon.askNumbered(200, true).error(), QString());
}

void tst_InteropSession::addonPings()
{
    QVERIFY(m_session->open());
    QCOMPARE(m_session->addon.ping().error(), QString());
    QCOMPARE(m_session->addon.ping().error(), QString());
}

void tst_InteropSession::weArePingingTheAddon()
{
    QVERIFY(m_session->open());
    // Its blocking classes answer while they receive.
    const Answer received = m_session->addon.receive();
    const QFuture<PingReply> first = m_session->peer->ping();
    const QFuture<PingReply> second = m_session->peer->ping();
    QTRY_VERIFY(first.isFinished() && second.isFinished());
    QVERIFY2(!first.result().error, qPrintable(first.result().error.message()));
    QVERIFY(!second.result().error);
    QVERIFY(first.result().roundTripTime > std::chrono::nanoseconds::zero());

    QVERIFY(!m_session->peer->send(Channel::Data, "thank you"));
    QCOMPARE(received.error(), QString());
}

void tst_InteropSession::frameOfAnUnnegotiatedChannelIsNotSent()
{
    QVERIFY(m_session->open({Channel::Command}));
    const Error error = m_session->peer->send(Channel::Data, "x");
    QCOMPARE(error.code(), ErrorCode::UnsupportedChannel);
    QFETCH_GLOBAL(InteropSession::Role, role);
    const QString reason = role == InteropSession::AddonIsClient
                                   ? u"channel 2 is not offered by this side"_s
                                   : u"channel 2 was not requested by this side"_s;
    QVERIFY2(error.message().contains(reason), qPrintable(error.message()));

    // The session is unharmed.
    QCOMPARE(m_session->addon.ping().error(), QString());
}

QTEST_GUILESS_MAIN(tst_InteropSession)
#include "tst_interop_session.moc"
