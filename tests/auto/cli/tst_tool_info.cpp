// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawserver.h"
#include "toolprocess.h"

#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <optional>

using namespace Qt::StringLiterals;

class tst_tool_info : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void jsonHasItsMembersInOrder();
    void linesForPeople_data();
    void linesForPeople();
    void rawIsThePeerId();
    void nameThatTheServerHasChosenIsEscaped_data();
    void nameThatTheServerHasChosenIsEscaped();
    void nameOfTheServerIsShown();
    void onlyWhatWasNegotiatedIsShown();
    void missingPingAnswerIsShownAsSuch_data();
    void missingPingAnswerIsShownAsSuch();
    void serverThatStartsLaterIsFound_data();
    void serverThatStartsLaterIsFound();
    void absentServerExitsWith124_data() { serverThatStartsLaterIsFound_data(); }
    void absentServerExitsWith124();
    void silentServerExitsWith124();
    void otherFailuresEndItAtOnce();
    void serviceIsFoundByItsName();
    void badServiceNamesAreRefused();

private:
    QString path() const { return m_directory->filePath(u"socket"_s); }

    std::optional<QTemporaryDir> m_directory;
};

void tst_tool_info::init()
{
    m_directory.emplace();
    QVERIFY(m_directory->isValid());
}

void tst_tool_info::jsonHasItsMembersInOrder()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    const ToolResult result = ToolProcess::run({u"info"_s, path()});

    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.errors, "");
    const QRegularExpression line(
            uR"--(^\{"schema_id":"https://schemas\.3leaps\.dev/ipcprims/cli/v1/)--"
            R"--(connection-info\.schema\.json","peer_id":"peer-1","protocol_version":"1\.0",)--"
            R"--("channels":\[\{"id":1,"name":"COMMAND"\},\{"id":2,"name":"DATA"\},)--"
            R"--(\{"id":3,"name":"TELEMETRY"\},\{"id":4,"name":"ERROR"\}\],)--"
            R"--("ping_latency_ms":\d+\.\d{1,2},"peer_credentials":)--"
            R"--(\{"uid":\d+,"gid":\d+,"pid":%1\},"connected":true\})--"
            "\n$"_s.arg(echo.processId()));
    QVERIFY2(line.match(QString::fromUtf8(result.output)).hasMatch(), result.output.constData());
}

void tst_tool_info::linesForPeople_data()
{
    QTest::addColumn<QString>("format");

    QTest::newRow("table") << u"table"_s;
    QTest::newRow("pretty") << u"pretty"_s;
}

void tst_tool_info::linesForPeople()
{
    QFETCH(QString, format);
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    const ToolResult result = ToolProcess::run({u"info"_s, path(), u"--format"_s, format});

    const QRegularExpression lines(
            u"^.+\n"
            " *Peer ID: peer-1\n"
            " *Protocol: ipcprims 1\\.0\n"
            " *Channels: COMMAND \\(1\\), DATA \\(2\\), TELEMETRY \\(3\\), "
            "ERROR \\(4\\)\n"
            " *Ping: \\d+\\.\\d\\dms\n"
            " *Peer credentials: uid=\\d+ gid=\\d+ pid=%1\n$"_s.arg(echo.processId()));
    QVERIFY2(lines.match(QString::fromUtf8(result.output)).hasMatch(), result.output.constData());
}

void tst_tool_info::rawIsThePeerId()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    QCOMPARE(ToolProcess::run({u"info"_s, path(), u"--format=raw"_s}).output, "peer-1\n");
}

void tst_tool_info::nameThatTheServerHasChosenIsEscaped_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("shown");

    QTest::newRow("json") << u"json"_s << R"("peer_id":"%1 \u001b]0;a\u0007\u009b")"_ba;
    QTest::newRow("pretty") << u"pretty"_s << R"(peer id: %1 \u{1b}]0;a\u{7}\u{9b})"_ba;
    QTest::newRow("raw") << u"raw"_s << R"(%1 \u{1b}]0;a\u{7}\u{9b})"_ba;
}

void tst_tool_info::nameThatTheServerHasChosenIsEscaped()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, shown);
    RawServer server(path());
    ToolProcess info({u"info"_s, path(), u"--format"_s, format});
    info.start();
    server.acceptRequest();
    QVERIFY(server.socket().writeFrame(0,
                                       R"({"protocol":"ipcprims","version":"1.0","channels":[1],)"
                                       R"("peer_id":"%1 \u001b]0;a\u0007\u009b"})"));
    QVERIFY(server.socket().readFrame());
    server.socket().close();

    const ToolResult result = info.waitForEnd();
    QVERIFY2(result.output.toLower().contains(shown), result.output.constData());
    for (const char character : {'\x1b', '\x07', '\xc2'})
        QVERIFY2(!result.output.contains(character), result.output.constData());
}

void tst_tool_info::nameOfTheServerIsShown()
{
    for (const auto &[format, shown] :
         {std::pair(u"json"_s, R"("peer_id":"peer-7","peer_name":"me \u001b","protocol)"_ba),
          std::pair(u"pretty"_s, "Peer ID: peer-7\n  Peer name: me \\u{1b}\n"_ba)}) {
        RawServer server(path());
        ToolProcess info({u"info"_s, path(), u"--format"_s, format});
        info.start();
        server.acceptRequest();
        QVERIFY(server.socket().writeFrame(
                0, R"({"protocol":"ipcprims","version":"1.0","channels":[1],)"
                   R"("peer_id":"peer-7","peer_name":"me \u001b"})"));
        QVERIFY(server.socket().readFrame());
        server.socket().close();

        const ToolResult result = info.waitForEnd();
        QVERIFY2(result.output.contains(shown)
                         || result.output.contains(QByteArray(shown).replace("1b", "1B")),
                 result.output.constData());
        QVERIFY(QFile::remove(path()));
    }
}

void tst_tool_info::onlyWhatWasNegotiatedIsShown()
{
    ToolProcess echo({u"echo"_s, path(), u"--channels=300,2"_s});
    QVERIFY(echo.startListening());

    const ToolResult result = ToolProcess::run({u"info"_s, path()});

    QVERIFY2(result.output.contains(R"("channels":[{"id":2,"name":"DATA"}],)"),
             result.output.constData());
}

void tst_tool_info::missingPingAnswerIsShownAsSuch_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("shown");

    QTest::newRow("json") << u"json"_s << "\"ping_latency_ms\":null"_ba;
    QTest::newRow("pretty") << u"pretty"_s << "Ping: unavailable\n"_ba;
}

void tst_tool_info::missingPingAnswerIsShownAsSuch()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, shown);
    RawServer server(path());
    ToolProcess info({u"info"_s, path(), u"--format"_s, format});
    info.start();
    QVERIFY(server.acceptClient());

    QVERIFY(server.socket().readFrame());
    server.socket().close();

    const ToolResult result = info.waitForEnd();
    QCOMPARE(result.exitCode, 0);
    QVERIFY2(result.output.contains(shown), result.output.constData());
}

void tst_tool_info::serverThatStartsLaterIsFound_data()
{
    QTest::addColumn<bool>("socketIsLeft");

    QTest::newRow("missing path") << false;
    QTest::newRow("socket of a dead server") << true;
}

void tst_tool_info::serverThatStartsLaterIsFound()
{
    QFETCH(bool, socketIsLeft);
    if (socketIsLeft)
        RawListener leavesItsSocketBehind(path());
    ToolProcess info({u"info"_s, path(), u"--timeout=25s"_s});
    info.start();

    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    QCOMPARE(info.waitForEnd().exitCode, 0);
}

void tst_tool_info::absentServerExitsWith124()
{
    QFETCH(bool, socketIsLeft);
    if (socketIsLeft)
        RawListener leavesItsSocketBehind(path());

    const ToolResult result = ToolProcess::run({u"info"_s, path(), u"--timeout=200ms"_s});

    QCOMPARE(result.exitCode, 124);
    QVERIFY2(result.errors.startsWith("error: no server within 200ms: "),
             result.errors.constData());
}

void tst_tool_info::silentServerExitsWith124()
{
    RawServer server(path());

    const ToolResult result = ToolProcess::run({u"info"_s, path(), u"--timeout=200ms"_s});

    QCOMPARE(result.exitCode, 124);
}

void tst_tool_info::otherFailuresEndItAtOnce()
{
    RawServer server(path());
    ToolProcess info({u"info"_s, path(), u"--timeout=1000s"_s});
    info.start();
    server.acceptRequest();

    server.socket().close();

    const ToolResult result = info.waitForEnd();
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.errors.startsWith("error: peer disconnected: connection closed during "
                                      "handshake"),
             result.errors.constData());
}

void tst_tool_info::serviceIsFoundByItsName()
{
    const QTemporaryDir runtime;
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(runtime.path()));
    ToolProcess server({u"echo"_s, u"--service"_s, u"org.example.tool"_s});
    QVERIFY(server.startListening());
    QVERIFY(QFile::exists(runtime.filePath(u"ipcprims/org.example.tool.sock"_s)));
    const ToolResult result = ToolProcess::run({u"info"_s, u"--service"_s, u"org.example.tool"_s});
    QCOMPARE(result.exitCode, 0);
}

void tst_tool_info::badServiceNamesAreRefused()
{
    const ToolResult bad = ToolProcess::run({u"info"_s, u"--service"_s, u"a/b"_s});
    QCOMPARE(bad.exitCode, 64);
    QVERIFY2(bad.errors.contains("--service: \"a/b\" is not a service name"),
             bad.errors.constData());
    QCOMPARE(ToolProcess::run({u"info"_s, u"/x"_s, u"--service"_s, u"a"_s}).exitCode, 64);
    QCOMPARE(ToolProcess::run({u"info"_s}).exitCode, 64);
}

QTEST_GUILESS_MAIN(tst_tool_info)
#include "tst_tool_info.moc"
