// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "boundproperties.h"
#include "peertest.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/framer.h>
#include <IpcPrims/jsonrpc.h>
#include <IpcPrims/peerhealth.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <array>
#include <functional>
#include <map>
#include <sys/socket.h>

using namespace std::chrono_literals;

/// A binding shows what a property is, whatever happens to the object.
class tst_Properties : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void everyPropertyNotifies();
    void valuesOfASessionChangeTogether();
    void lastSessionIsForgottenWithASignal();
    void bindingsFollowSessions();
    void bindingsFollowFailedAttempts();
    void queueOfAFramerIsReported();
    void queueIsNotLookedAtForNobody();
    void silenceOfTheOtherSideIsReported();
    void roundTripTimesOfTheLastSessionAreTakenBack();

private:
    using Bound = std::map<QString, BoundProperties *>;
    bool follow(const Bound &bound, const std::function<bool()> &isOver);
    static QStringList stale(const Bound &bound, bool isAtRest);
};

// Besides the properties that change with every frame or with time, which are reported now and then
// and when they have come to rest.
QStringList tst_Properties::stale(const Bound &bound, bool isAtRest)
{
    static const QRegularExpression time(u"^timeSince"_s);
    static const QRegularExpression measures(u"^bytes|^frames|RoundTripTime$"_s);
    QStringList names;
    for (const auto &[object, properties] : bound) {
        for (const QString &name : properties->stale()) {
            if (!name.contains(time) && (isAtRest || !name.contains(measures)))
                names.append(object + u'.' + name);
        }
    }
    return names;
}

// Whether bindings are right after every turn. What a call has changed is reported by the next one.
bool tst_Properties::follow(const Bound &bound, const std::function<bool()> &isOver)
{
    QDeadlineTimer patience(Patience);
    QStringList before;
    while (!isOver() || !stale(bound, true).isEmpty()) {
        QCoreApplication::processEvents(QEventLoop::AllEvents);
        const QStringList now = stale(bound, false);
        for (const QString &name : now) {
            if (before.contains(name)) {
                qWarning() << "changed without its signal:" << name;
                return false;
            }
        }
        before = now;
        if (patience.hasExpired()) {
            qWarning() << "still differ:" << stale(bound, true) << isOver();
            return false;
        }
    }
    return true;
}

void tst_Properties::everyPropertyNotifies()
{
    const QList<const QMetaObject *> all
            = {&Peer::staticMetaObject,          &Server::staticMetaObject,
               &Framer::staticMetaObject,        &PeerHealth::staticMetaObject,
               &ChannelDevice::staticMetaObject, &JsonRpc::staticMetaObject};
    QStringList known;
    for (const QMetaObject *const meta : all) {
        known.append(QString::fromLatin1(meta->className()).section(u"::"_s, -1));
        for (int i = meta->propertyOffset(); i < meta->propertyCount(); ++i) {
            const QMetaProperty property = meta->property(i);
            QVERIFY2(property.isConstant() || property.hasNotifySignal(), property.name());
        }
    }
    // None is forgotten above.
    QStringList declared;
    const QDir headers(QStringLiteral(HEADERS));
    for (const QString &name : headers.entryList({u"*.h"_s})) {
        QFile file(headers.filePath(name));
        QVERIFY(file.open(QFile::ReadOnly));
        static const QRegularExpression object(
                u"class IPCPRIMS\\w*_EXPORT (\\w+)[^;{]*\\{\\s*Q_OBJECT"_s);
        auto found = object.globalMatch(QString::fromUtf8(file.readAll()));
        while (found.hasNext())
            declared.append(found.next().captured(1));
    }
    known.sort();
    declared.sort();
    QCOMPARE(declared, known);
}

void tst_Properties::valuesOfASessionChangeTogether()
{
    const auto facts = [this] {
        return QVariantList{m_client->peerId(), m_client->peerName(),
                            QVariant::fromValue(m_client->channels()), m_client->generation()};
    };
    m_server->close();
    m_server->setName(u"server"_s);
    QVERIFY(!m_server->listen(m_endpoint));
    QVariantList atFirstSignal;
    connect(m_client.get(), &Peer::stateChanged, this, [&](Peer::State state) {
        if (state == Peer::State::Open)
            atFirstSignal = facts();
    });
    open();
    QVERIFY(m_client->isOpen());
    QCOMPARE(atFirstSignal, facts());
    QCOMPARE(m_client->peerName(), u"server"_s);
}

void tst_Properties::lastSessionIsForgottenWithASignal()
{
    open();
    QVERIFY(m_client->isOpen());
    const QString id = m_client->peerId();
    QStringList idsAtConnecting;
    QString idAtTheEnd;
    connect(m_client.get(), &Peer::disconnected, this, [&] { idAtTheEnd = m_client->peerId(); });
    connect(m_client.get(), &Peer::stateChanged, this, [&](Peer::State state) {
        if (state == Peer::State::Connecting)
            idsAtConnecting.append(m_client->peerId());
    });
    const BoundProperties bound(m_client.get());
    QStringList shown;
    connect(m_client.get(), &Peer::sessionChanged, this, [&] {
        if (shown.isEmpty() || shown.last() != m_client->peerId())
            shown.append(m_client->peerId());
    });

    m_client->close();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(idAtTheEnd, id, Patience);
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen(), Patience);
    QCOMPARE(idsAtConnecting, QStringList{QString()});
    QCOMPARE(shown, QStringList({QString(), m_client->peerId()}));

    // An attempt in place of a session: that is known until disconnected() was emitted.
    shown.clear();
    idAtTheEnd.clear();
    const QString second = m_client->peerId();
    m_client->connectToServer(m_endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && m_client->generation() == 3, Patience);
    QCOMPARE(idAtTheEnd, second);
    QTRY_COMPARE_WITH_TIMEOUT(shown, QStringList({QString(), m_client->peerId()}), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(stale({{u"peer"_s, const_cast<BoundProperties *>(&bound)}}, true),
                              QStringList(), Patience);
}

void tst_Properties::bindingsFollowSessions()
{
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 50ms));
    m_client->setUnsentFrames(Channel::Data, Peer::UnsentFrames::Keep);
    BoundProperties peer(m_client.get());
    BoundProperties health(m_client->health());
    BoundProperties server(m_server.get());
    Bound bound = {{u"peer"_s, &peer}, {u"health"_s, &health}, {u"server"_s, &server}};
    const auto isOpen = [this] { return m_client->isOpen() && m_peer; };

    QVERIFY(follow(bound, [] { return true; }));
    m_client->setName(u"client"_s);
    m_client->connectToServer(m_endpoint);
    QVERIFY(follow(bound, isOpen));

    // More than the system takes at once, until it is read.
    BoundProperties other(m_peer);
    BoundProperties otherHealth(m_peer->health());
    bound.insert({{u"other"_s, &other}, {u"otherHealth"_s, &otherHealth}});
    m_peer->setReceiving(false);
    for (int i = 0; i < 20; ++i)
        QVERIFY(!m_client->send(Channel::Data, QByteArray(100'000, 'x')));
    const qint64 queued = m_client->bytesQueued();
    QVERIFY(queued > 0);
    QVERIFY(follow(bound, [&] { return peer.shown("bytesQueued").toLongLong() > 0; }));
    m_peer->setReceiving(true);
    QVERIFY(follow(bound, [&] { return m_client->bytesQueued() == 0; }));
    QVERIFY(peer.count("bytesQueued") < 1000);

    const QFuture<PingReply> ping = m_client->ping();
    QVERIFY(follow(bound, [&] { return ping.isFinished(); }));
    QVERIFY(health.shown("lastRoundTripTime").toDouble() > 0);

    // The server goes, frames wait, and it comes again.
    bound.erase(u"other"_s);
    bound.erase(u"otherHealth"_s);
    m_server->close();
    m_peer->abort();
    QVERIFY(follow(bound, [&] { return m_client->reconnectAttempts() >= 2; }));
    QVERIFY(!m_client->send(Channel::Data, "kept"));
    QCOMPARE(m_client->bytesQueued(), 12);
    QVERIFY(follow(bound, [] { return true; }));
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 40ms));
    QVERIFY(follow(bound, [] { return true; }));
    QVERIFY(!m_server->listen(m_endpoint));
    QVERIFY(follow(bound, isOpen));
    QCOMPARE(m_client->generation(), 2U);

    m_client->close();
    QVERIFY(follow(bound, [this] { return m_client->state() == Peer::State::Closed; }));
    m_server->close();
    m_server->setChannels({Channel::Data});
    QVERIFY(follow(bound, [] { return true; }));
}

void tst_Properties::bindingsFollowFailedAttempts()
{
    m_server->close();
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1ms, 10ms));
    BoundProperties peer(m_client.get());
    BoundProperties health(m_client->health());
    const Bound bound = {{u"peer"_s, &peer}, {u"health"_s, &health}};
    m_client->connectToServer(m_endpoint);
    QVERIFY(follow(bound, [&] { return m_client->reconnectAttempts() > 3; }));
    QCOMPARE(m_client->disconnectReason().code(), ErrorCode::NotFound);
    const int before = peer.count("reconnectAttempts");

    // A pause that is long enough for nothing else to report the change.
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1h, 1h));
    QVERIFY(follow(bound, [&] { return m_client->nextRetryIn() > 1min; }));
    m_client->setReconnectPolicy(ReconnectPolicy::exponential(1h, 2h));
    QCOMPARE(m_client->reconnectAttempts(), 0);
    QVERIFY(follow(bound, [] { return true; }));
    QVERIFY(peer.count("reconnectAttempts") > before);

    m_client->abort();
    QVERIFY(follow(bound, [this] { return m_client->state() == Peer::State::Closed; }));
}

void tst_Properties::queueOfAFramerIsReported()
{
    std::array<int, 2> sockets = {};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets.data()), 0);
    Framer framer(sockets[0]);
    BoundProperties bindings(&framer);
    const Bound bound = {{u"framer"_s, &bindings}};

    framer.setMaxPayloadSize(10'000'000);
    framer.setMaxPayloadSize(10'000'000);
    QCOMPARE(bindings.count("maxPayloadSize"), 1);
    QVERIFY(!framer.send(1, QByteArray(5'000'000, 'x')));
    QVERIFY(follow(bound, [&] { return bindings.shown("bytesQueued").toLongLong() > 0; }));
    Framer reader(sockets[1]);
    QSignalSpy received(&reader, &Framer::frameReceived);
    QVERIFY(follow(bound, [&] { return received.size() == 1; }));
    QCOMPARE(bindings.shown("bytesQueued").toLongLong(), 0);
}

// It must not cost anything while nobody looks.
void tst_Properties::queueIsNotLookedAtForNobody()
{
    open();
    QVERIFY(m_client->isOpen());
    m_peer->setReceiving(false);
    QVERIFY(!m_client->send(Channel::Data, QByteArray(5'000'000, 'x')));
    int signalsAfterwards = 0;
    {
        QObject listener;
        connect(m_client.get(), &Peer::bytesQueuedChanged, &listener, [&] { ++signalsAfterwards; });
    }
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(m_client->bytesQueued(), 0, Patience);
    QCOMPARE(signalsAfterwards, 0);

    // Whoever comes later sees what there is.
    m_peer->setReceiving(false);
    const BoundProperties bound(m_client.get());
    QVERIFY(!m_client->send(Channel::Data, QByteArray(5'000'000, 'x')));
    QTRY_VERIFY_WITH_TIMEOUT(bound.shown("bytesQueued").toLongLong() > 0, Patience);
    m_peer->setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(bound.shown("bytesQueued").toLongLong(), 0, Patience);
}

void tst_Properties::silenceOfTheOtherSideIsReported()
{
    PeerHealth *const health = m_client->health();
    QVERIFY(!health->timeSinceReceived());
    const BoundProperties bound(health);
    QCOMPARE(bound.shown("timeSinceReceived").toDouble(), -1);
    open();
    QVERIFY(m_client->isOpen());
    QVERIFY(!m_peer->send(Channel::Data, "once"));

    // Only this side sends: that is traffic, but no sign of life.
    QTimer sending;
    connect(&sending, &QTimer::timeout, this,
            [this] { QVERIFY(!m_client->send(Channel::Data, "again and again")); });
    sending.start(20);
    QTRY_VERIFY_WITH_TIMEOUT(bound.shown("timeSinceReceived").toDouble() > 600, Patience);
    QVERIFY(*health->timeSinceTraffic() < *health->timeSinceReceived());
    sending.stop();

    // Nothing at all goes on, and yet bindings do.
    const int before = bound.count("timeSinceTraffic");
    QTRY_VERIFY_WITH_TIMEOUT(bound.count("timeSinceTraffic") > before + 1, Patience);
    QVERIFY(!m_peer->send(Channel::Data, "a sign"));
    QTRY_VERIFY_WITH_TIMEOUT(bound.shown("timeSinceReceived").toDouble() < 600, Patience);
}

void tst_Properties::roundTripTimesOfTheLastSessionAreTakenBack()
{
    const BoundProperties bound(m_client->health());
    open();
    QVERIFY(m_client->isOpen());
    const QFuture<PingReply> ping = m_client->ping();
    QTRY_VERIFY_WITH_TIMEOUT(ping.isFinished(), Patience);
    QTRY_VERIFY_WITH_TIMEOUT(bound.shown("smoothedRoundTripTime").toDouble() > 0, Patience);
    m_client->connectToServer(m_endpoint);
    QTRY_COMPARE_WITH_TIMEOUT(bound.shown("reconnectCount").toInt(), 1, Patience);
    QTRY_COMPARE_WITH_TIMEOUT(bound.shown("smoothedRoundTripTime").toDouble(), -1, Patience);
    QCOMPARE(bound.shown("lastRoundTripTime").toDouble(), -1);
}

QTEST_GUILESS_MAIN(tst_Properties)
#include "tst_properties.moc"
