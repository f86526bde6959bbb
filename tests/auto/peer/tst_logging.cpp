// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "observedserver.h"

#include "frame/limitedlog_p.h"

#include <IpcPrims/blockinglistener.h>
#include <IpcPrims/payloadvalidator.h>
#include <IpcPrims/peerhealth.h>

#include <QtCore/qloggingcategory.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

static constexpr int Patience = 30'000; // ms; only a failing test waits that long.

// In hexadecimal, too, as tokens are on the wire.
static const QByteArray Secret = "hush-hush";
static const QByteArray SecretHex = Secret.toHex();

/// Refuses everything, and says in its error what it refused.
class Refusal : public PayloadValidator
{
public:
    std::optional<Failure> check(quint16, QByteArrayView payload, Direction) const override
    {
        Failure failure;
        failure.errors.append(ValidationError());
        failure.errors.last().message = QString::fromUtf8(payload);
        return failure;
    }
};

/// What the library writes to the log, and that others can't make it write too much or the wrong
/// things.
class tst_Logging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void tenMessagesInTenSeconds();
    void suppressedMessagesAreCounted();
    void isSilentByDefault();
    void blockingListenerLogsWhomItTurnsAway();
    void hostileClientLeavesNoSecretInTheLog();
    void hostileClientCannotFillTheLog();
    void clientsThatAreTurnedAwayAreLogged();
    void nameThatTheServerHasChosenIsQuoted();

private:
    void beHostile(const QByteArray &request);

    static QList<std::pair<QString, QString>> s_messages; // Category and text.
    QtMessageHandler m_previous = nullptr;
    std::unique_ptr<ObservedServer> m_server;
};

QList<std::pair<QString, QString>> tst_Logging::s_messages;

void tst_Logging::init()
{
    s_messages.clear();
    m_previous = qInstallMessageHandler(
            [](QtMsgType, const QMessageLogContext &context, const QString &message) {
                s_messages.append({QString::fromLatin1(context.category), message});
            });
    m_server = std::make_unique<ObservedServer>();
    m_server->server.setValidator(std::make_shared<Refusal>());
    m_server->server.setAnswersValidationErrors(true);
    QVERIFY(m_server->listen());
}

void tst_Logging::cleanup()
{
    m_server.reset();
    QLoggingCategory::setFilterRules(QString());
    qInstallMessageHandler(m_previous);
}

void tst_Logging::tenMessagesInTenSeconds()
{
    RateLimit limit;
    const RateLimit::Instant begin(1h);
    for (int i = 0; i < 10; ++i)
        QCOMPARE(limit.admit(begin + i * 1s), 0);
    QVERIFY(!limit.admit(begin + 9s));
    QVERIFY(!limit.admit(begin + 10s - 1ns));
    QCOMPARE(limit.admit(begin + 10s), 2); // Those two.
    QCOMPARE(limit.admit(begin + 10s), 0);
}

void tst_Logging::suppressedMessagesAreCounted()
{
    RateLimit limit;
    const RateLimit::Instant begin(1h);
    for (int i = 0; i < 1000; ++i)
        limit.admit(begin);
    QCOMPARE(limit.admit(begin + 1h), 990);
    QCOMPARE(limit.admit(begin + 1h), 0);
}

// All the ways we know of to have the server say something.
void tst_Logging::beHostile(const QByteArray &request)
{
    const qsizetype before = m_server->endings.size() + m_server->refusals.size();
    RawSocket refused = m_server->connectRaw();
    QVERIFY(refused.writeFrame(Channel::Control, request));
    QVERIFY(refused.waitForClosed());

    for (const RawSocket::Frame &frame :
         {RawSocket::Frame{300, Secret},
          {Channel::Control, Secret},
          {Channel::Control, R"({"type":"shutdown_force","payload":")" + Secret + "\"}"},
          {Channel::Control, R"({"type":1,"payload":")" + Secret + "\"}"}}) {
        RawSocket client = m_server->openSession(PlainRequest.chopped(1) + R"(,"auth_token":")"
                                                 + Secret + "\"}");
        QVERIFY(client.isValid());
        QVERIFY(client.writeFrame(Channel::Data, Secret)); // Which the validator refuses.
        QVERIFY(client.write(RawSocket::frame(frame.channel, frame.payload)));
        QVERIFY(client.waitForClosed());
    }
    RawSocket garbage = m_server->openSession();
    QVERIFY(garbage.write(Secret + Secret));
    QVERIFY(garbage.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(m_server->endings.size() + m_server->refusals.size(), before + 6,
                              Patience);
}

void tst_Logging::isSilentByDefault()
{
    beHostile("nonsense");
    QCOMPARE(s_messages, {});
}

void tst_Logging::blockingListenerLogsWhomItTurnsAway()
{
    QLoggingCategory::setFilterRules(u"ipcprims.session=true"_s);
    const QString path = m_server->path() + u".blocking"_s;
    BlockingListener listener;
    listener.setMaxPendingHandshakes(1);
    QVERIFY(!listener.listen(Endpoint::fromPath(path)));
    const RawSocket oldest = RawSocket::connectTo(path);
    RawSocket bad = RawSocket::connectTo(path);
    BlockingPeer peer;
    QCOMPARE(listener.accept(&peer, std::chrono::milliseconds(0)).code(), ErrorCode::Timeout);
    QCOMPARE(s_messages.size(), 1);
    QVERIFY(s_messages.first().second.contains(u"turned away: 2 clients were shaking"_s));
    QVERIFY(bad.write("GET / HTTP/1.1"));
    QCOMPARE(listener.accept(&peer, std::chrono::milliseconds(0)).code(), ErrorCode::Timeout);
    QCOMPARE(s_messages.size(), 2);
    QVERIFY(s_messages.last().second.startsWith(u"handshake failed: "_s));
}

void tst_Logging::hostileClientLeavesNoSecretInTheLog()
{
    QLoggingCategory::setFilterRules(u"ipcprims.*=true"_s);
    const QByteArray token = R"(,"auth_token":")" + Secret + "\"}";
    for (const QByteArray &request :
         {R"({"protocol":"other","version":"1.0","channels":[1])" + token,
          R"({"protocol":"ipcprims","version":"9.0","channels":[1])" + token,
          R"({"protocol":"ipcprims","version":"1.0","channels":[77])" + token,
          R"({"protocol":"ipcprims","version":"1.0","channels":"x")" + token,
          R"({"protocol":"ipcprims","version":"1.0","channels":[1],"auth_token":{"hex":")"
                  + SecretHex + "x\"}}",
          Secret, "\"" + Secret + "\"", token}) {
        beHostile(request);
    }
    QVERIFY(s_messages.size() > 20);
    for (const auto &[category, message] : std::as_const(s_messages)) {
        QVERIFY2(category.startsWith(u"ipcprims."_s), qPrintable(category));
        QVERIFY2(!message.contains(QString::fromLatin1(Secret)), qPrintable(message));
        QVERIFY2(!message.contains(QString::fromLatin1(SecretHex)), qPrintable(message));
        QVERIFY2(!message.contains(u'\n'), qPrintable(message));
    }
    const auto tells = [](const QString &category, const QString &text) {
        return std::any_of(s_messages.cbegin(), s_messages.cend(), [&](const auto &one) {
            return one.first == category && one.second.contains(text);
        });
    };
    QVERIFY(tells(u"ipcprims.session"_s, u"handshake failed"_s));
    QVERIFY(tells(u"ipcprims.session"_s, u"session \"peer-2\" ended: "_s));
    QVERIFY(tells(u"ipcprims.peer"_s, u"the validator refused a frame received on channel 2"_s));
}

void tst_Logging::hostileClientCannotFillTheLog()
{
    QLoggingCategory::setFilterRules(u"ipcprims.*=true"_s);
    for (int i = 0; i < 30; ++i)
        beHostile("nonsense");
    // Some messages may be left from another test's ten seconds, or a new ten seconds begin.
    QHash<QString, int> counts;
    for (const auto &[category, message] : std::as_const(s_messages))
        ++counts[category + message.left(10)];
    for (auto it = counts.cbegin(); it != counts.cend(); ++it)
        QVERIFY2(it.value() <= 22, qPrintable(u"%1 times %2"_s.arg(it.value()).arg(it.key())));
}

void tst_Logging::clientsThatAreTurnedAwayAreLogged()
{
    QLoggingCategory::setFilterRules(u"ipcprims.session=true"_s);
    Server &server = m_server->server;
    server.setHandshakeTimeout(1h);
    server.setMaxPendingHandshakes(1);
    const auto tells = [](const QString &text) {
        return std::any_of(s_messages.cbegin(), s_messages.cend(),
                           [&](const auto &one) { return one.second.contains(text); });
    };
    RawSocket oldest = m_server->connectRaw();
    RawSocket silent = m_server->connectRaw();
    QVERIFY(oldest.waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(m_server->refusals.size(), 1, Patience);
    QVERIFY(tells(u"turned away: 2 clients were shaking hands at once"_s));

    server.setMaxPeersPerUser(1);
    for (int i = 0; i < 30; ++i)
        QVERIFY(m_server->connectRaw().waitForClosed());
    QTRY_COMPARE_WITH_TIMEOUT(m_server->refusals.size(), 31, Patience);
    QVERIFY(tells(u"turned away: too many clients of"_s));
    QVERIFY2(s_messages.size() <= 22, qPrintable(QString::number(s_messages.size())));
}

void tst_Logging::nameThatTheServerHasChosenIsQuoted()
{
    RawListener listener(m_server->path() + u".raw"_s);
    Peer peer;
    peer.setRequestHandler([](const Request &) {}); // Which thereby fails, on a channel too few.
    peer.connectToServer(Endpoint::fromPath(m_server->path() + u".raw"_s));
    RawSocket server = listener.accept();
    QVERIFY(server.readFrame());
    QVERIFY(server.writeFrame(Channel::Control,
                              R"({"protocol":"ipcprims","version":"1.0","channels":[1],)"
                              R"("peer_id":"one\u0022 is fine\nTwo"})"));
    QVERIFY(server.writeFrame(Channel::Command, "a request"));
    QTRY_COMPARE_WITH_TIMEOUT(s_messages.size(), 1, Patience);
    QVERIFY2(s_messages.first().second.contains(u"one\\u0022 is fine\\u000aTwo"_s),
             qPrintable(s_messages.first().second));
}

QTEST_GUILESS_MAIN(tst_Logging)
#include "tst_logging.moc"
