// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawserver.h"
#include "toolprocess.h"

#include <QtCore/qfile.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <optional>

using namespace Qt::StringLiterals;

class tst_tool_send : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void payloadArrivesAsItWasWritten_data();
    void payloadArrivesAsItWasWritten();
    void fileOf16MiBArrives();
    void onlyTheNeededChannelsAreRequested_data();
    void onlyTheNeededChannelsAreRequested();
    void sessionIsShutDownInOrder();
    void serverThatJustGoesAwayAfterTheFrameIsNoError();

    void badPayloadIsRefused_data();
    void badPayloadIsRefused();
    void forbiddenFileExitsWith50();
    void deadPathIsReportedBeforeABadPayload();

    void answerIsPrinted_data();
    void answerIsPrinted();
    void errorAnswerIsPrintedAtOnce();
    void noAnswerExitsWith124();
    void serverThatGoesAwayInsteadOfAnsweringExitsWith1();
    void brokenAnswerHasItsExitCode_data();
    void brokenAnswerHasItsExitCode();

    void unreachableServerHasItsExitCode_data();
    void unreachableServerHasItsExitCode();
    void forbiddenSocketExitsWith50();
    void channelThatIsNotOffered_data();
    void channelThatIsNotOffered();
    void brokenHandshakeHasItsExitCode_data();
    void brokenHandshakeHasItsExitCode();
    void silentServerExitsWith124();
    void signalKillsAsUsual();

private:
    QString path(const QString &name = u"socket"_s) const { return m_directory->filePath(name); }
    QString fileOf(const QByteArray &content) const;

    std::optional<QTemporaryDir> m_directory;
};

void tst_tool_send::init()
{
    m_directory.emplace();
    QVERIFY(m_directory->isValid());
}

QString tst_tool_send::fileOf(const QByteArray &content) const
{
    QFile file(path(u"file"_s));
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size()
                   ? file.fileName()
                   : QString();
}

void tst_tool_send::payloadArrivesAsItWasWritten_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("payload");

    QTest::newRow("nothing") << QStringList() << QByteArray();
    QTest::newRow("data") << QStringList{u"--data"_s, u"a b"_s} << "a b"_ba;
    QTest::newRow("empty data") << QStringList{u"--data"_s, QString()} << QByteArray();
    QTest::newRow("data like an option") << QStringList{u"--data"_s, u"--wait"_s} << "--wait"_ba;
    QTest::newRow("data in another script")
            << QStringList{u"--data"_s, u"ä😀"_s} << "\xc3\xa4\xf0\x9f\x98\x80"_ba;
    QTest::newRow("object") << QStringList{u"--json"_s, uR"( {"b":1.0, "a":[ ]} )"_s}
                            << R"( {"b":1.0, "a":[ ]} )"_ba;
    QTest::newRow("list") << QStringList{u"--json"_s, u"[1,2]"_s} << "[1,2]"_ba;
    QTest::newRow("string") << QStringList{u"--json"_s, u"\"x\""_s} << "\"x\""_ba;
    QTest::newRow("large number") << QStringList{u"--json"_s, u"123456789012345678901234567890"_s}
                                  << "123456789012345678901234567890"_ba;
    QTest::newRow("deep nesting") << QStringList{u"--json"_s,
                                                 QString(20000, u'[') + QString(20000, u']')}
                                  << QByteArray(20000, '[') + QByteArray(20000, ']');
}

void tst_tool_send::payloadArrivesAsItWasWritten()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, payload);
    RawServer server(path());
    ToolProcess send(QStringList{u"send"_s, path()} + arguments);
    send.start();

    QVERIFY(server.acceptClient());

    const RawSocket::Frame expected{1, payload};
    QCOMPARE(server.socket().readFrame(), expected);
    QVERIFY(server.acknowledgeShutdown());
    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "");
    QCOMPARE(result.errors, "");
}

void tst_tool_send::fileOf16MiBArrives()
{
    QByteArray content(16777216, Qt::Uninitialized);
    for (qsizetype i = 0; i < content.size(); ++i)
        content[i] = char(i * 31 + (i >> 8));
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--channel"_s, u"2"_s, u"--file"_s, fileOf(content)});
    send.start();

    QVERIFY(server.acceptClient());

    const RawSocket::Frame expected{2, content};
    QCOMPARE(server.socket().readFrame(), expected);
    QVERIFY(server.acknowledgeShutdown());
    QCOMPARE(send.waitForEnd().exitCode, 0);
}

void tst_tool_send::onlyTheNeededChannelsAreRequested_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QJsonArray>("channels");

    QTest::newRow("default") << QStringList() << QJsonArray{1};
    QTest::newRow("channel") << QStringList{u"-c"_s, u"300"_s} << QJsonArray{300};
    QTest::newRow("wait") << QStringList{u"--wait"_s} << QJsonArray{1, 4};
    QTest::newRow("wait on ERROR") << QStringList{u"-c4"_s, u"--wait"_s} << QJsonArray{4};
}

void tst_tool_send::onlyTheNeededChannelsAreRequested()
{
    QFETCH(QStringList, arguments);
    QFETCH(QJsonArray, channels);
    RawServer server(path());
    ToolProcess send(QStringList{u"send"_s, path()} + arguments);
    send.start();

    QCOMPARE(server.acceptRequest()["channels"_L1].toArray(), channels);
}

void tst_tool_send::sessionIsShutDownInOrder()
{
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--data=x"_s});
    send.start();
    QVERIFY(server.acceptClient());

    QVERIFY(server.socket().readFrame());
    QVERIFY(server.acknowledgeShutdown());
    QVERIFY(server.socket().waitForClosed());
    QCOMPARE(server.socket().leftovers(), "");
}

void tst_tool_send::serverThatJustGoesAwayAfterTheFrameIsNoError()
{
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--data=x"_s});
    send.start();
    QVERIFY(server.acceptClient());
    QVERIFY(server.socket().readFrame());

    server.socket().close();

    QCOMPARE(send.waitForEnd().exitCode, 0);
}

void tst_tool_send::badPayloadIsRefused_data()
{
    QTest::addColumn<QString>("option");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("problem");

    const QByteArray tooLarge
            = "frame error: payload too large (16777217 bytes, max 16777216): \""_ba;
    QTest::newRow("no JSON") << u"--json=x"_s << QByteArray() << 64 << "json error: "_ba;
    QTest::newRow("blank JSON") << u"--json= "_s << QByteArray() << 64 << "json error: "_ba;
    QTest::newRow("two JSON texts") << u"--json=1,2"_s << QByteArray() << 64 << "json error: "_ba;
    QTest::newRow("trailing comma") << u"--json=[1,]"_s << QByteArray() << 64 << "json error: "_ba;
    QTest::newRow("too large file") << u"--file"_s << QByteArray(16777217, 'x') << 60 << tooLarge;
    QTest::newRow("endless file") << u"--file=/dev/zero"_s << QByteArray() << 60 << tooLarge;
    QTest::newRow("missing file") << u"--file=/nonexistent/file"_s << QByteArray() << 125
                                  << "cannot read \"/nonexistent/file\": "_ba;
    QTest::newRow("directory") << u"--file=/"_s << QByteArray() << 125 << "cannot read \"/\": "_ba;
}

void tst_tool_send::badPayloadIsRefused()
{
    QFETCH(QString, option);
    QFETCH(QByteArray, content);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, problem);
    RawServer server(path());
    ToolProcess send(
            {u"send"_s, path(), option == "--file"_L1 ? u"--file="_s + fileOf(content) : option});
    send.start();
    QVERIFY(server.acceptClient());

    QVERIFY(!server.socket().readFrame());

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2(result.errors.startsWith("error: " + problem), result.errors.constData());
}

void tst_tool_send::forbiddenFileExitsWith50()
{
    const QString file = fileOf("secret");
    QVERIFY(QFile::setPermissions(file, {}));
    RawServer server(path());
    QVERIFY(QFile::setPermissions(m_directory->path(),
                                  QFile::ReadOwner | QFile::ExeOwner | QFile::ExeOther));
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther
                                                  | QFile::WriteOther));
    ToolProcess send({u"send"_s, path(), u"--file"_s, file});
    send.setUnprivileged();
    send.start();
    if (!send.isRunning())
        QSKIP("The unprivileged user can't reach the build directory");
    QVERIFY(server.acceptClient());

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, 50);
    QVERIFY2(result.errors.contains(QFile::encodeName(file)), result.errors.constData());
}

void tst_tool_send::deadPathIsReportedBeforeABadPayload()
{
    const ToolResult result = ToolProcess::run({u"send"_s, path(), u"--json"_s, u"x"_s});

    QCOMPARE(result.exitCode, 125);
    QVERIFY2(result.errors.startsWith("error: transport error: "), result.errors.constData());
}

void tst_tool_send::answerIsPrinted_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("output");

    QTest::newRow("raw") << u"raw"_s << "pong"_ba;
    QTest::newRow("pretty") << u"pretty"_s
                            << "channel=1 (COMMAND) size=4 peer=peer-7 payload=pong\n"_ba;
    QTest::newRow("table")
            << u"table"_s
            << "+---------------+----------+------------+--------------------------------------+\n"
               "| CHANNEL       | SIZE     | PEER       | PAYLOAD                              |\n"
               "+---------------+----------+------------+--------------------------------------+\n"
               "| 1 (COMMAND)   | 4        | peer-7     | pong                                 |\n"
               "+---------------+----------+------------+--------------------------------------+\n"_ba;
    QTest::newRow("json")
            << u"json"_s
            << R"({"schema_id":"https://schemas.3leaps.dev/ipcprims/cli/v1/)"
               R"(frame-received.schema.json","channel":1,"channel_name":"COMMAND",)"
               R"("payload_size":4,"payload":"pong","peer_id":"peer-7","timestamp":"T"})"
               "\n"_ba;
}

void tst_tool_send::answerIsPrinted()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, output);
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--data=ping"_s, u"--wait"_s, u"--format"_s, format});
    send.start();
    QVERIFY(server.acceptClient());
    const RawSocket::Frame expected{1, "ping"};
    QCOMPARE(server.socket().readFrame(), expected);

    QVERIFY(server.socket().writeFrame(1, "pong"));

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, 0);
    const QRegularExpression timestamp(u"(\"timestamp\":\")\\d+"_s);
    QCOMPARE(QString::fromUtf8(result.output).replace(timestamp, u"\\1T"_s).toUtf8(), output);
    QCOMPARE(result.errors, "");
}

void tst_tool_send::errorAnswerIsPrintedAtOnce()
{
    RawServer server(path());
    ToolProcess send(
            {u"send"_s, path(), u"--wait"_s, u"--wait-timeout=1000s"_s, u"--format=pretty"_s});
    send.start();
    QVERIFY(server.acceptClient());

    QVERIFY(server.socket().writeFrame(4, "no"));

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "channel=4 (ERROR) size=2 peer=peer-7 payload=no\n");
}

void tst_tool_send::noAnswerExitsWith124()
{
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--wait"_s, u"--wait-timeout=200ms"_s});
    send.start();
    QVERIFY(server.acceptClient());

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, 124);
    QVERIFY2(result.errors.startsWith("error: request timed out after 200ms"),
             result.errors.constData());
    QCOMPARE(result.output, "");
}

void tst_tool_send::serverThatGoesAwayInsteadOfAnsweringExitsWith1()
{
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--wait"_s});
    send.start();
    QVERIFY(server.acceptClient());
    QVERIFY(server.socket().readFrame());

    server.socket().close();

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.errors.startsWith("error: peer disconnected: "), result.errors.constData());
}

void tst_tool_send::brokenAnswerHasItsExitCode_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("prefix");

    QTest::newRow("bad magic") << "garbage "_ba << 125 << "frame error: "_ba;
    QTest::newRow("too large") << RawSocket::header(1, 16777217) << 60
                               << "frame error: payload too large (16777217 bytes on channel 1, "
                                  "max 16777216)"_ba;
    QTest::newRow("unnegotiated channel")
            << RawSocket::frame(9, "x") << 1
            << "peer disconnected: received frame on unnegotiated channel 9"_ba;
    QTest::newRow("shutdown") << RawSocket::frame(0, R"({"type":"shutdown_request"})") << 1
                              << "peer disconnected: "_ba;
    QTest::newRow("end inside a frame")
            << RawSocket::header(1, 100) << 1 << "peer disconnected: "_ba;
}

void tst_tool_send::brokenAnswerHasItsExitCode()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, prefix);
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--wait"_s});
    send.start();
    QVERIFY(server.acceptClient());
    QVERIFY(server.socket().readFrame());

    QVERIFY(server.socket().write(bytes));
    server.socket().finishWriting();

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2(result.errors.startsWith("error: " + prefix), result.errors.constData());
}

void tst_tool_send::unreachableServerHasItsExitCode_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("exitCode");

    QTest::newRow("nothing there") << u"missing"_s << 125;
    QTest::newRow("nobody listens") << u"dead"_s << 1;
    QTest::newRow("path too long") << u"long"_s << 3;
    QTest::newRow("no path") << u"empty"_s << 125;
}

void tst_tool_send::unreachableServerHasItsExitCode()
{
    QFETCH(QString, kind);
    QFETCH(int, exitCode);
    QString target = path();
    if (kind == "dead"_L1)
        RawListener leavesItsSocketBehind(path());
    else if (kind == "long"_L1)
        target = target.leftJustified(108, u'x');
    else if (kind == "empty"_L1)
        target.clear();

    const ToolResult result = ToolProcess::run({u"send"_s, target});

    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2(result.errors.startsWith("error: transport error: "), result.errors.constData());
    QVERIFY2(result.errors.contains(QFile::encodeName(target)), result.errors.constData());
    QCOMPARE(result.errors.count('\n'), 1);
}

void tst_tool_send::forbiddenSocketExitsWith50()
{
    RawServer server(path());
    QVERIFY(QFile::setPermissions(path(), {}));
    QVERIFY(QFile::setPermissions(m_directory->path(),
                                  QFile::ReadOwner | QFile::ExeOwner | QFile::ExeOther));
    ToolProcess send({u"send"_s, path()});
    send.setUnprivileged();
    send.start();

    const ToolResult result = send.waitForEnd();
    if (result.exitCode == -1)
        QSKIP("The unprivileged user can't reach the build directory");
    QCOMPARE(result.exitCode, 50);
}

void tst_tool_send::channelThatIsNotOffered_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("problem");

    QTest::newRow("handshake refused")
            << QStringList{u"-c7"_s} << 1
            << "peer disconnected: connection closed during handshake"_ba;
    QTest::newRow("only ERROR granted")
            << QStringList{u"-c7"_s, u"--wait"_s} << 64 << "channel 7 not supported by peer"_ba;
    QTest::newRow("CONTROL") << QStringList{u"-c0"_s} << 125 << "handshake failed: "_ba;
}

void tst_tool_send::channelThatIsNotOffered()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, problem);
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    const ToolResult result = ToolProcess::run(QStringList{u"send"_s, path()} + arguments);

    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2(result.errors.startsWith("error: " + problem), result.errors.constData());
}

void tst_tool_send::brokenHandshakeHasItsExitCode_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QByteArray>("prefix");

    QTest::newRow("bad magic") << "garbage "_ba << 125 << "frame error: "_ba;
    QTest::newRow("too large")
            << RawSocket::header(0, 16385) << 60
            << "frame error: payload too large (16385 bytes on channel 0, max 16384)"_ba;
    QTest::newRow("no JSON") << RawSocket::frame(0, "x") << 60 << "handshake failed: "_ba;
    QTest::newRow("version") << RawSocket::frame(
            0, R"({"protocol":"ipcprims","version":"2.0","channels":[1],"peer_id":"p"})")
                             << 125 << "handshake failed: incompatible version"_ba;
    QTest::newRow("channels") << RawSocket::frame(
            0, R"({"protocol":"ipcprims","version":"1.0","channels":[2],"peer_id":"p"})")
                              << 125 << "handshake failed: "_ba;
}

void tst_tool_send::brokenHandshakeHasItsExitCode()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, exitCode);
    QFETCH(QByteArray, prefix);
    RawServer server(path());
    ToolProcess send({u"send"_s, path()});
    send.start();
    server.acceptRequest();

    QVERIFY(server.socket().write(bytes));

    const ToolResult result = send.waitForEnd();
    QCOMPARE(result.exitCode, exitCode);
    QVERIFY2(result.errors.startsWith("error: " + prefix), result.errors.constData());
}

void tst_tool_send::silentServerExitsWith124()
{
    RawServer server(path());
    ToolProcess send({u"send"_s, path()});
    send.start();
    server.acceptRequest();

    QCOMPARE(send.waitForEnd().exitCode, 124);
}

void tst_tool_send::signalKillsAsUsual()
{
    RawServer server(path());
    ToolProcess send({u"send"_s, path(), u"--wait"_s});
    send.start();
    QVERIFY(server.acceptClient());

    send.sendSignal(SIGINT);

    QCOMPARE(send.waitForEnd().exitCode, -1);
    QVERIFY(server.socket().waitForClosed());
}

QTEST_GUILESS_MAIN(tst_tool_send)
#include "tst_tool_send.moc"
