// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "session/controlmessage_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using Type = ControlMessage::Type;

Q_DECLARE_METATYPE(IpcPrims::ControlMessage::Type)

class tst_ControlMessage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wireForm_data();
    void wireForm();
    void typeIsTold_data();
    void typeIsTold();
    void unknownTypeNameIsCut();
    void reasonIsReadFromShutdownMessages_data();
    void reasonIsReadFromShutdownMessages();
    void messageForm_data();
    void messageForm();
    void payloadIsParsedInFull_data();
    void payloadIsParsedInFull();
    void unknownMemberIsSkippedWhateverItHolds_data();
    void unknownMemberIsSkippedWhateverItHolds();
    void failureIsAProtocolViolationAndLeavesTheMessageAlone();
};

void tst_ControlMessage::wireForm_data()
{
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QByteArray>("json");

    QTest::newRow("ping") << Type::Ping << QString() << QByteArray(R"({"type":"ping"})");
    QTest::newRow("pong") << Type::Pong << QString() << QByteArray(R"({"type":"pong"})");
    QTest::newRow("request") << Type::ShutdownRequest << QString()
                             << QByteArray(R"({"type":"shutdown_request"})");
    QTest::newRow("ack") << Type::ShutdownAck << QString()
                         << QByteArray(R"({"type":"shutdown_ack"})");
    QTest::newRow("force") << Type::ShutdownForce << QString()
                           << QByteArray(R"({"type":"shutdown_force"})");
    QTest::newRow("request with a reason")
            << Type::ShutdownRequest << QStringLiteral("over \"and\" out\n")
            << QByteArray(
                       R"({"type":"shutdown_request","payload":{"reason":"over \"and\" out\n"}})");
    QTest::newRow("force with a reason")
            << Type::ShutdownForce << QStringLiteral("late")
            << QByteArray(R"({"type":"shutdown_force","payload":{"reason":"late"}})");
    QTest::newRow("ping takes no reason")
            << Type::Ping << QStringLiteral("why") << QByteArray(R"({"type":"ping"})");
}

void tst_ControlMessage::wireForm()
{
    QFETCH(Type, type);
    QFETCH(QString, reason);
    QFETCH(QByteArray, json);

    QCOMPARE(encodeControl(type, reason), json);

    ControlMessage message;
    const Error error = decodeControl(json, &message);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(message.type, type);
    QCOMPARE(message.reason, type == Type::Ping ? QString() : reason);
}

void tst_ControlMessage::typeIsTold_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<Type>("type");
    QTest::addColumn<QString>("typeName");

    const auto row = [](const char *json, Type type, const QString &typeName) {
        QTest::newRow(json) << QByteArray(json) << type << typeName;
    };
    row(R"({"type":"ping"})", Type::Ping, QStringLiteral("ping"));
    row(R"({"type":"pong"})", Type::Pong, QStringLiteral("pong"));
    row(R"({"type":"shutdown_request"})", Type::ShutdownRequest,
        QStringLiteral("shutdown_request"));
    row(R"({"type":"shutdown_ack"})", Type::ShutdownAck, QStringLiteral("shutdown_ack"));
    row(R"({"type":"shutdown_force"})", Type::ShutdownForce, QStringLiteral("shutdown_force"));
    row(R"({"type":"p\u0069ng"})", Type::Ping, QStringLiteral("ping"));
    row(R"({"t\u0079pe":"ping"})", Type::Ping, QStringLiteral("ping"));
    row(R"({"type":"PING"})", Type::Unknown, QStringLiteral("PING"));
    row(R"({"type":"Ping"})", Type::Unknown, QStringLiteral("Ping"));
    row(R"({"type":"ping "})", Type::Unknown, QStringLiteral("ping "));
    row(R"({"type":""})", Type::Unknown, QString());
    row(R"({"type":"hello"})", Type::Unknown, QStringLiteral("hello"));
}

void tst_ControlMessage::typeIsTold()
{
    QFETCH(QByteArray, json);
    QFETCH(Type, type);
    QFETCH(QString, typeName);

    ControlMessage message;
    const Error error = decodeControl(json, &message);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(message.type, type);
    QCOMPARE(message.typeName, typeName);
}

void tst_ControlMessage::unknownTypeNameIsCut()
{
    ControlMessage message;
    QVERIFY(!decodeControl("{\"type\":\"" + QByteArray(64, 'x') + "\"}", &message));
    QCOMPARE(message.typeName, QString(64, u'x'));
    QVERIFY(!decodeControl("{\"type\":\"" + QByteArray(65, 'x') + "\"}", &message));
    QCOMPARE(message.typeName, QString(64, u'x'));
}

void tst_ControlMessage::reasonIsReadFromShutdownMessages_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("reason");

    const auto row = [](const char *json, const QString &reason) {
        QTest::newRow(json) << QByteArray(json) << reason;
    };
    const QString bye = QStringLiteral("bye");
    row(R"({"type":"shutdown_request","payload":{"reason":"bye"}})", bye);
    row(R"({"payload":{"reason":"bye"},"type":"shutdown_request"})", bye);
    row(R"({"type":"shutdown_force","payload":{"x":[1],"reason":"bye","y":{}}})", bye);
    row(R"({"type":"shutdown_ack","payload":{"reason":"bye"}})", bye);
    row(R"({"type":"shutdown_request","payload":{"reason":"\u00e9"}})", QString(QChar(0xe9)));
    row(R"({"type":"shutdown_request","payload":{"reason":"no","reason":"bye"}})", bye);
    row(R"({"type":"shutdown_request"})", QString());
    row(R"({"type":"shutdown_request","payload":null})", QString());
    row(R"({"type":"shutdown_request","payload":"bye"})", QString());
    row(R"({"type":"shutdown_request","payload":{}})", QString());
    row(R"({"type":"shutdown_request","payload":{"reason":5}})", QString());
    row(R"({"type":"shutdown_request","payload":{"x":{"reason":"bye"}}})", QString());
    row(R"({"type":"shutdown_request","reason":"bye"})", QString());
    row(R"({"type":"ping","payload":{"reason":"bye"}})", QString());
    row(R"({"type":"hello","payload":{"reason":"bye"}})", QString());
}

void tst_ControlMessage::reasonIsReadFromShutdownMessages()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, reason);

    ControlMessage message;
    message.reason = QStringLiteral("what was there before");
    const Error error = decodeControl(json, &message);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(message.reason, reason);
}

void tst_ControlMessage::messageForm_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("accepted");

    const auto accept = [](const char *json) { QTest::newRow(json) << QByteArray(json) << true; };
    const auto refuse = [](const char *json) { QTest::newRow(json) << QByteArray(json) << false; };

    accept(" \t\r\n{ \"type\" : \"ping\" }\n");
    accept(R"({"type":"ping","timestamp":"2026-01-01T00:00:00Z"})");
    accept(R"({"type":"ping","timestamp":""})");
    accept(R"({"type":"ping","timestamp":null})");
    accept(R"({"type":"ping","payload":1,"Payload":2})");

    refuse("");
    refuse(" ");
    refuse("ping");
    refuse("\"ping\"");
    refuse("null");
    refuse("{}");
    refuse(R"({"payload":1})");
    refuse(R"({"Type":"ping"})");
    refuse(R"({"type":null})");
    refuse(R"({"type":1})");
    refuse(R"({"type":["ping"]})");
    refuse(R"({"type":"\ud800"})");
    refuse("{\"type\":\"\xff\"}");
    refuse(R"({"type":"ping","type":"ping"})");
    refuse(R"({"type":"ping","t\u0079pe":"pong"})");
    refuse(R"({"type":"ping","payload":1,"payload":1})");
    refuse(R"({"type":"ping","payload":null,"payload":null})");
    refuse(R"({"type":"ping","timestamp":"","timestamp":""})");
    refuse(R"({"type":"ping","timestamp":1700000000})");
    refuse(R"({"type":"ping","timestamp":true})");
    refuse(R"({"type":"ping","timestamp":{}})");
    refuse("{\"type\":\"ping\",\"timestamp\":\"\xff\"}");
    refuse(R"({"type":"ping"}x)");
    refuse(R"({"type":"ping"}{"type":"ping"})");
    refuse(R"({"type":"ping",})");
    refuse(R"({'type':'ping'})");
    refuse("\xef\xbb\xbf{\"type\":\"ping\"}");
    refuse(R"(["ping",null,null])"); // The reference takes it, and we may refuse it.
}

void tst_ControlMessage::messageForm()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, accepted);

    ControlMessage message;
    const Error error = decodeControl(json, &message);
    QVERIFY2(bool(error) != accepted, qPrintable(error.message()));
}

void tst_ControlMessage::payloadIsParsedInFull_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("accepted");

    const auto arrays
            = [](qsizetype depth) { return QByteArray(depth, '[') + QByteArray(depth, ']'); };
    const auto objects = [](qsizetype depth) {
        return QByteArray("{\"a\":").repeated(depth) + '1' + QByteArray(depth, '}');
    };
    QTest::newRow("null") << QByteArray("null") << true;
    QTest::newRow("number") << QByteArray("-1.5e300") << true;
    QTest::newRow("string") << QByteArray(R"("\ud83d\ude00")") << true;
    QTest::newRow("anything") << QByteArray(R"([true,{"a":[{}],"a":""}])") << true;
    QTest::newRow("100 arrays") << arrays(100) << true;
    QTest::newRow("100 objects") << objects(100) << true;
    // With the message itself these are 127 and 128 levels.
    QTest::newRow("126 arrays") << arrays(126) << true;
    QTest::newRow("127 arrays") << arrays(127) << false;
    QTest::newRow("126 objects") << objects(126) << true;
    QTest::newRow("127 objects") << objects(127) << false;
    QTest::newRow("200 arrays") << arrays(200) << false;
    QTest::newRow("200 objects") << objects(200) << false;
    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("number out of range") << QByteArray("1e400") << false;
    QTest::newRow("number out of range in depth") << QByteArray(R"({"a":[-1e400]})") << false;
    QTest::newRow("half a pair") << QByteArray(R"("\ud800")") << false;
    QTest::newRow("half a pair in depth") << QByteArray(R"([["\udc00"]])") << false;
    QTest::newRow("half a pair in a name") << QByteArray(R"({"\ud800":1})") << false;
    QTest::newRow("half a pair in the reason") << QByteArray(R"({"reason":"\ud800"})") << false;
    QTest::newRow("ill-formed UTF-8") << QByteArray("\"\xff\"") << false;
    QTest::newRow("ill-formed UTF-8 in depth") << QByteArray("{\"a\":[\"\xc3\"]}") << false;
    QTest::newRow("ill-formed UTF-8 in a name") << QByteArray("{\"a\":{\"\xff\":1}}") << false;
    QTest::newRow("ill-formed UTF-8 in the reason") << QByteArray("{\"reason\":\"\xff\"}") << false;
}

void tst_ControlMessage::payloadIsParsedInFull()
{
    QFETCH(QByteArray, payload);
    QFETCH(bool, accepted);

    ControlMessage message;
    const Error error = decodeControl("{\"type\":\"ping\",\"payload\":" + payload + '}', &message);
    QVERIFY2(bool(error) != accepted, qPrintable(error.message()));
}

void tst_ControlMessage::unknownMemberIsSkippedWhateverItHolds_data()
{
    QTest::addColumn<QByteArray>("member");

    QTest::newRow("500 arrays") << "\"x\":" + QByteArray(500, '[') + QByteArray(500, ']');
    QTest::newRow("number out of range") << QByteArray(R"("x":1e400)");
    QTest::newRow("half a pair") << QByteArray(R"("x":"\ud800")");
    QTest::newRow("ill-formed UTF-8") << QByteArray("\"x\":\"\xff\"");
    QTest::newRow("repeated") << QByteArray(R"("x":1,"x":2)");
}

void tst_ControlMessage::unknownMemberIsSkippedWhateverItHolds()
{
    QFETCH(QByteArray, member);

    ControlMessage message;
    const Error error = decodeControl("{\"type\":\"ping\"," + member + '}', &message);
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(message.type, Type::Ping);
}

void tst_ControlMessage::failureIsAProtocolViolationAndLeavesTheMessageAlone()
{
    ControlMessage message;
    message.type = Type::Pong;
    message.typeName = QStringLiteral("pong");
    const Error error = decodeControl(R"({"type":"ping","timestamp":1})", &message);
    QCOMPARE(error.code(), ErrorCode::ProtocolViolation);
    QCOMPARE(error.message(),
             QStringLiteral("invalid CONTROL JSON payload: in member \"timestamp\": "
                            "expected a string at byte 27"));
    QCOMPARE(message.type, Type::Pong);
    QCOMPARE(message.typeName, QStringLiteral("pong"));
}

QTEST_APPLESS_MAIN(tst_ControlMessage)
#include "tst_controlmessage.moc"
