// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "side.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// A server that asks, and has been asked for channels 2, 9, 1 and 2.
struct AskedServer : Side
{
    AskedServer()
        : Side(Session::Role::Server, [] {
            SessionSettings settings = plainSettings();
            settings.asksForAuthorization = true;
            return settings;
        }())
    {
        receive(R"({"protocol":"ipcprims","version":"1.0","channels":[2,9,1,2]})");
    }
};

class tst_Authorization : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void authorizerIsAskedBeforeTheAnswer();
    void authorizerCanOnlyNarrowTheChannels();
    void refusedRequestIsAnsweredWithSilence();
    void grantingNothingRefuses();
    void answerAfterTheDeadlineComesToNothing();
    void secondRequestBeforeTheAnswerEndsTheSession();
    void badRequestsAreNotAskedFor();
};

void tst_Authorization::authorizerIsAskedBeforeTheAnswer()
{
    AskedServer server;
    QCOMPARE(server.questions, QList<QList<quint16>>({{2, 9, 1, 2}}));
    QCOMPARE(server.session.channels(), QList<quint16>({2, 1}));
    QVERIFY(server.sent.isEmpty());
    QVERIFY(!server.session.delivers(2));
    QVERIFY(!server.session.acceptsSend(2));
    QCOMPARE(server.session.payloadLimits(PayloadLimits()), PayloadLimits(MaxHandshakePayloadSize));
    server.session.grant(server.session.channels());
    server.collect();
    QCOMPARE(server.session.state(), Session::State::Open);
    QVERIFY(server.takeSent().contains(R"("channels":[2,1])"));
    QVERIFY(!server.session.deadline());
    // There is one answer.
    server.session.refuse(Error(ErrorCode::PermissionDenied, u"late"_s));
    server.session.grant({1});
    server.collect();
    QVERIFY(server.sent.isEmpty() && server.ended.isEmpty());
    QCOMPARE(server.session.channels(), QList<quint16>({2, 1}));
}

void tst_Authorization::authorizerCanOnlyNarrowTheChannels()
{
    AskedServer server;
    server.session.grant({9, 3, 1});
    server.collect();
    QCOMPARE(server.session.channels(), QList<quint16>({1}));
    QVERIFY(server.takeSent().contains(R"("channels":[1])"));
    QVERIFY(server.session.delivers(1));
    QVERIFY(!server.session.delivers(2));
}

void tst_Authorization::refusedRequestIsAnsweredWithSilence()
{
    AskedServer server;
    const Error reason(ErrorCode::PermissionDenied, u"no"_s);
    server.session.refuse(reason);
    server.collect();
    QCOMPARE(server.ended, QList<Error>({reason}));
    QVERIFY(server.sent.isEmpty());
    server.session.grant({1});
    server.collect();
    QCOMPARE(server.session.state(), Session::State::Ended);
    QVERIFY(server.sent.isEmpty());
}

void tst_Authorization::grantingNothingRefuses()
{
    for (const QList<quint16> &channels : {QList<quint16>(), QList<quint16>({9})}) {
        AskedServer server;
        server.session.grant(channels);
        server.collect();
        QCOMPARE(server.ended.size(), 1);
        QCOMPARE(server.ended.first().code(), ErrorCode::ChannelsRefused);
        QVERIFY(server.sent.isEmpty());
    }
}

void tst_Authorization::answerAfterTheDeadlineComesToNothing()
{
    AskedServer server;
    server.wait(4999ms);
    QVERIFY(server.ended.isEmpty());
    server.wait(1ms);
    QCOMPARE(server.ended.size(), 1);
    QCOMPARE(server.ended.first().code(), ErrorCode::Timeout);
    server.session.grant({1});
    server.collect();
    QVERIFY(server.sent.isEmpty());
}

void tst_Authorization::secondRequestBeforeTheAnswerEndsTheSession()
{
    AskedServer server;
    server.receive(R"({"protocol":"ipcprims","version":"1.0","channels":[2]})");
    QCOMPARE(server.questions.size(), 1);
    QCOMPARE(server.ended.size(), 1);
    QCOMPARE(server.ended.first().code(), ErrorCode::HandshakeMalformed);
}

void tst_Authorization::badRequestsAreNotAskedFor()
{
    SessionSettings settings = plainSettings();
    settings.asksForAuthorization = true;
    Side server(Session::Role::Server, settings);
    server.receive(R"({"protocol":"ipcprims","version":"1.0","channels":[9]})");
    QVERIFY(server.questions.isEmpty());
    QCOMPARE(server.ended.size(), 1);
}

QTEST_APPLESS_MAIN(tst_Authorization)
#include "tst_authorization.moc"
