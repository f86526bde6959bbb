// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "background.h"
#include "peertest.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/jsonrpc.h>

#include <QtCore/qjsonarray.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <array>
#include <memory>
#include <vector>

using namespace std::chrono_literals;

/// Of frames, requests, JSON-RPC and streams, two that want the same channel.
class tst_ChannelUsers : public PeerTest
{
    Q_OBJECT

private Q_SLOTS:
    void secondUserIsRefused_data();
    void secondUserIsRefused();
    void channelIsFreeAgainAfterItsUser();
    void handlerOfTheApplicationMayBeReplaced();
    void twoDevicesShareAChannelByDirection();
    void commandBelongsToRequests();
    void commandBelongsToRequestsInOtherThreadsToo();
    void onlyOneSideAsks();
    void errorNamesTheSideThatLeftAChannelOut();

private:
    enum User { FrameHandler, RequestHandler, Rpc, Device, OtherRpc };

    /// Has the user take COMMAND of the client; the error that it gets.
    Error use(User user);

    std::vector<std::unique_ptr<QObject>> m_users;
};

Error tst_ChannelUsers::use(User user)
{
    switch (user) {
    case FrameHandler:
        return m_client->setFrameHandler(Channel::Command, [](quint16, QByteArrayView) {});
    case RequestHandler:
        return m_client->setRequestHandler([](const Request &) {});
    case Rpc:
    case OtherRpc: {
        auto rpc = std::make_unique<JsonRpc>(m_client.get(), Channel::Command);
        const Error error = rpc->notify(u"method"_s);
        m_users.push_back(std::move(rpc));
        return error;
    }
    case Device: {
        auto device = std::make_unique<ChannelDevice>(m_client.get(), Channel::Command);
        Error error;
        if (!device->open(QIODevice::ReadWrite))
            error = Error(ErrorCode::InvalidArgument, device->errorString());
        m_users.push_back(std::move(device));
        return error;
    }
    }
    return {};
}

void tst_ChannelUsers::secondUserIsRefused_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("second");
    QTest::addColumn<QString>("named");
    const std::array names
            = {"a frame handler", "a request handler", "a JsonRpc", "a ChannelDevice", "a JsonRpc"};
    for (const User first : {FrameHandler, RequestHandler, Rpc, Device}) {
        for (const User second : {FrameHandler, RequestHandler, Rpc, Device, OtherRpc}) {
            if (first == second)
                continue; // It is the same one.
            QTest::addRow("%s, then %s", names[first], names[second])
                    << int(first) << int(second) << QString::fromLatin1(names[first]);
        }
    }
}

void tst_ChannelUsers::secondUserIsRefused()
{
    QFETCH(int, first);
    QFETCH(int, second);
    QFETCH(QString, named);
    open();
    const auto clear = qScopeGuard([this] { m_users.clear(); });
    const Error none = use(User(first));
    QVERIFY2(!none, qPrintable(none.message()));
    if (second == Rpc || second == OtherRpc)
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"JsonRpc can't be used"_s));
    const Error error = use(User(second));
    QCOMPARE(error.code(), ErrorCode::InvalidArgument);
    QCOMPARE(error.message(), u"channel 1 of this peer is in use by %1 already"_s.arg(named));
}

void tst_ChannelUsers::channelIsFreeAgainAfterItsUser()
{
    open();
    for (const User user : {Rpc, Device, Rpc}) {
        const Error error = use(user);
        QVERIFY2(!error, qPrintable(error.message()));
        m_users.clear();
    }
    QVERIFY(!use(RequestHandler));
    QVERIFY(!m_client->setRequestHandler({}));
    QVERIFY(!use(FrameHandler));
    QVERIFY(!m_client->setFrameHandler(Channel::Command, {}));
    // One that was refused takes nothing away when it goes.
    QVERIFY(!use(FrameHandler));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"JsonRpc can't be used"_s));
    QVERIFY(use(Rpc));
    m_users.clear();
    QVERIFY(use(RequestHandler));
}

void tst_ChannelUsers::handlerOfTheApplicationMayBeReplaced()
{
    open();
    QByteArray received;
    QVERIFY(!use(FrameHandler));
    QVERIFY(!m_client->setFrameHandler(Channel::Command, [&](quint16, QByteArrayView payload) {
        received = payload.toByteArray();
    }));
    QVERIFY(!m_peer->send(Channel::Command, "x"));
    QTRY_COMPARE_WITH_TIMEOUT(received, "x", Patience);
}

void tst_ChannelUsers::twoDevicesShareAChannelByDirection()
{
    open();
    ChannelDevice reader(m_client.get(), Channel::Data);
    ChannelDevice writer(m_client.get(), Channel::Data);
    ChannelDevice secondReader(m_client.get(), Channel::Data);
    QVERIFY(reader.open(QIODevice::ReadOnly));
    QVERIFY(writer.open(QIODevice::WriteOnly));
    QVERIFY(!secondReader.open(QIODevice::ReadOnly));
    QCOMPARE(secondReader.errorString(),
             u"channel 2 of this peer is in use by a ChannelDevice already"_s);
}

void tst_ChannelUsers::commandBelongsToRequests()
{
    open();
    QList<Request> kept;
    QVERIFY(!m_peer->setRequestHandler([&](const Request &request) { kept.append(request); }));
    QVERIFY(!m_client->send(Channel::Command, "none waits"));
    const QFuture<Reply> future = m_client->request("x", 60s);
    QTRY_COMPARE_WITH_TIMEOUT(kept.size(), 2, Patience);
    // It would be taken for a request, and its answer for that of this one.
    QCOMPARE(m_client->send(Channel::Command, "y").code(), ErrorCode::InvalidArgument);
    QCOMPARE(m_peer->send(Channel::Command, "y").code(), ErrorCode::InvalidArgument);
    QVERIFY(!m_client->send(Channel::Data, "y"));
    kept[0].reply("0");
    kept[1].reply("1");
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), Patience);
    QVERIFY(!m_client->send(Channel::Command, "none waits"));
}

void tst_ChannelUsers::onlyOneSideAsks()
{
    open();
    QVERIFY(!m_peer->setRequestHandler([](const Request &) {}));
    const QFuture<Reply> future = m_peer->request("x", 60s);
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().error.code(), ErrorCode::InvalidArgument);
    const QFuture<Reply> asked = m_client->request("x", 60s);
    QCOMPARE(m_client->setRequestHandler([](const Request &) {}).code(),
             ErrorCode::InvalidArgument);
}

void tst_ChannelUsers::errorNamesTheSideThatLeftAChannelOut()
{
    const auto errorOf = [](Peer *peer, const QString &beginning) {
        const Error error = peer->send(9, "x");
        return error.code() == ErrorCode::UnsupportedChannel
               && error.message().startsWith(u"channel 9 "_s + beginning);
    };
    m_client->setRequestedChannels({Channel::Command, 9});
    open();
    QVERIFY(errorOf(m_client.get(), u"not supported by peer: the server does not offer it"_s));
    QVERIFY(errorOf(m_peer, u"is not offered by this side: see setChannels()"_s));

    m_client->abort();
    QTRY_VERIFY_WITH_TIMEOUT(!m_peer, Patience);
    m_server->close();
    m_server->setChannels({Channel::Command, 9});
    QVERIFY(!m_server->listen(m_endpoint));
    m_client->setRequestedChannels({Channel::Command});
    open();
    QVERIFY(errorOf(m_client.get(), u"was not requested by this side: see"_s));
    QVERIFY(errorOf(m_peer, u"not supported by peer: the client did not ask for it"_s));
}

void tst_ChannelUsers::commandBelongsToRequestsInOtherThreadsToo()
{
    open();
    const auto sendElsewhere = [this] {
        Error error;
        Background([&] { error = m_client->send(Channel::Command, "a frame"); }).join();
        return error;
    };
    QSignalSpy notSent(m_client.get(), &Peer::framesNotSent);
    QVERIFY(!sendElsewhere()); // It waits for this thread, which begins to ask before that.
    const QFuture<Reply> reply = m_client->request("a request");
    QCOMPARE(sendElsewhere().code(), ErrorCode::InvalidArgument);
    QTRY_COMPARE_WITH_TIMEOUT(notSent.size(), 1, Patience);
    QCOMPARE(notSent[0][1].value<QList<QByteArray>>(), QList<QByteArray>{"a frame"});
    QVERIFY(!m_peer->send(Channel::Command, "an answer"));
    QTRY_VERIFY_WITH_TIMEOUT(reply.isFinished(), Patience);
    QCOMPARE(reply.result().payload, QByteArray("an answer"));
    QVERIFY(!sendElsewhere());

    QVERIFY(!m_client->setRequestHandler([](const Request &) {}));
    QCOMPARE(sendElsewhere().code(), ErrorCode::InvalidArgument);
    QVERIFY(!m_client->setRequestHandler({}));
    QVERIFY(!sendElsewhere());
}

QTEST_GUILESS_MAIN(tst_ChannelUsers)
#include "tst_channelusers.moc"
