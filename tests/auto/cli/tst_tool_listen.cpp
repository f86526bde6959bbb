// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawserver.h"
#include "toolprocess.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

class tst_tool_listen : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void jsonLineHasItsMembersInOrder_data();
    void jsonLineHasItsMembersInOrder();
    void payloadTextSurvivesJson();
    void jsonHasNothingThatATerminalObeys();
    void prettyLine_data();
    void prettyLine();
    void rawIsThePayloadAndNothingElse();
    void tableHasOneHeadingForAllFrames();
    void framesOfAllClientsArePrinted();
    void badClientsDisturbNobody();
    void onlyTheChosenChannelsArePrinted();
    void chosenUserChannelIsOffered();
    void countEndsItWith0AndRemovesTheSocket();
    void countIsOverAllClientsAndOnlyOfPrintedFrames();
    void clientIsAnsweredBeforeTheCountEndsTheServer();
    void fullOutputDeviceIsAnError();
    void closedOutputIsAnError();
    void signalEndsItAlthoughNobodyReadsItsOutput();

private:
    QString path(const QString &name = u"socket"_s) const { return m_directory->filePath(name); }

    std::optional<QTemporaryDir> m_directory;
};

void tst_tool_listen::init()
{
    m_directory.emplace();
    QVERIFY(m_directory->isValid());
}

void tst_tool_listen::jsonLineHasItsMembersInOrder_data()
{
    QTest::addColumn<int>("channel");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QString>("members");

    QTest::newRow("command")
            << 1 << "hi"_ba
            << uR"("channel":1,"channel_name":"COMMAND","payload_size":2,"payload":"hi")"_s;
    QTest::newRow("data")
            << 2 << "x"_ba
            << uR"("channel":2,"channel_name":"DATA","payload_size":1,"payload":"x")"_s;
    QTest::newRow("telemetry")
            << 3 << "x"_ba
            << uR"("channel":3,"channel_name":"TELEMETRY","payload_size":1,"payload":"x")"_s;
    QTest::newRow("error")
            << 4 << "x"_ba
            << uR"("channel":4,"channel_name":"ERROR","payload_size":1,"payload":"x")"_s;
    QTest::newRow("reserved")
            << 7 << "x"_ba
            << uR"("channel":7,"channel_name":"USER","payload_size":1,"payload":"x")"_s;
    QTest::newRow("user")
            << 65535 << "x"_ba
            << uR"("channel":65535,"channel_name":"USER","payload_size":1,"payload":"x")"_s;
    QTest::newRow("empty")
            << 1 << QByteArray()
            << uR"("channel":1,"channel_name":"COMMAND","payload_size":0,"payload":"")"_s;
    QTest::newRow("binary")
            << 1 << QByteArray::fromHex("ff00fe")
            << uR"("channel":1,"channel_name":"COMMAND","payload_size":3,"payload":"<binary 3 bytes>")"_s;
}

void tst_tool_listen::jsonLineHasItsMembersInOrder()
{
    QFETCH(int, channel);
    QFETCH(QByteArray, payload);
    QFETCH(QString, members);
    const qint64 before = QDateTime::currentSecsSinceEpoch();
    ToolProcess listen({u"listen"_s, path(), u"--channels"_s, QString::number(channel)});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path(), {channel});

    QVERIFY(client.writeFrame(quint16(channel), payload));

    QVERIFY(listen.waitForOutput("\n"));
    const QRegularExpression line(u"^%1(\\d+)\"}\n$"_s.arg(QRegularExpression::escape(
            uR"({"schema_id":"https://schemas.3leaps.dev/ipcprims/cli/v1/)"
            R"(frame-received.schema.json",)"_s
            + members + uR"(,"peer_id":"peer-1","timestamp":")"_s)));
    const auto match = line.match(QString::fromUtf8(listen.output()));
    QVERIFY2(match.hasMatch(), listen.output().constData());
    const qint64 timestamp = match.captured(1).toLongLong();
    QVERIFY(timestamp >= before && timestamp <= QDateTime::currentSecsSinceEpoch());
}

void tst_tool_listen::payloadTextSurvivesJson()
{
    const QByteArray text = "\"quoted\" \\ \n\t\x1b \xc3\xa4 \xf0\x9f\x98\x80 </script>";
    ToolProcess listen({u"listen"_s, path(), u"--format=json"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(1, text));

    QVERIFY(listen.waitForOutput("}\n"));
    QCOMPARE(listen.output().count('\n'), 1);
    const QJsonObject frame = QJsonDocument::fromJson(listen.output()).object();
    QCOMPARE(frame["payload"_L1].toString(), QString::fromUtf8(text));
}

void tst_tool_listen::jsonHasNothingThatATerminalObeys()
{
    // CSI as one character, DEL, and what reverses the text.
    const QString text = u"\u009b2J \u007f \u202e ä %1"_s;
    ToolProcess listen({u"listen"_s, path(), u"--format=json"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(1, text.toUtf8()));

    QVERIFY(listen.waitForOutput("}\n"));
    QVERIFY2(listen.output().contains(R"("payload":"\u009b2J \u007f \u202e ä %1")"),
             listen.output().constData());
    const QJsonObject frame = QJsonDocument::fromJson(listen.output()).object();
    QCOMPARE(frame["payload"_L1].toString(), text);
}

void tst_tool_listen::prettyLine_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("line");

    QTest::newRow("text") << "hi"_ba
                          << "channel=1 (COMMAND) size=2 peer=peer-1 payload=hi\n"_ba;
    QTest::newRow("empty") << QByteArray()
                           << "channel=1 (COMMAND) size=0 peer=peer-1 payload=\n"_ba;
    QTest::newRow("binary")
            << "\xff"_ba
            << "channel=1 (COMMAND) size=1 peer=peer-1 payload=<binary 1 bytes>\n"_ba;
    QTest::newRow("terminal control")
            << "\x1b[2J\n"_ba
            << "channel=1 (COMMAND) size=5 peer=peer-1 payload=\\u{1b}[2J\\n\n"_ba;
    QTest::newRow("other script")
            << "\xc3\xa4\xf0\x9f\x98\x80"_ba
            << "channel=1 (COMMAND) size=6 peer=peer-1 payload=\xc3\xa4\xf0\x9f\x98\x80\n"_ba;
    QTest::newRow("placeholder") << "%1%2"_ba
                                 << "channel=1 (COMMAND) size=4 peer=peer-1 payload=%1%2\n"_ba;
}

void tst_tool_listen::prettyLine()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, line);
    ToolProcess listen({u"listen"_s, path(), u"--format=pretty"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(1, payload));

    QVERIFY(listen.waitForOutput("\n"));
    QCOMPARE(listen.output(), line);
}

void tst_tool_listen::rawIsThePayloadAndNothingElse()
{
    const QByteArray bytes = QByteArray::fromHex("ff000a0d") + QByteArray(1024 * 1024, 'x');
    ToolProcess listen({u"listen"_s, path(), u"--format=raw"_s, u"--count=2"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(2, bytes));
    QVERIFY(client.writeFrame(1, "end"));

    QVERIFY(agreeToShutdown(client));
    QCOMPARE(listen.waitForEnd().output, bytes + "end");
}

void tst_tool_listen::tableHasOneHeadingForAllFrames()
{
    ToolProcess listen({u"listen"_s, path(), u"--format=table"_s, u"--count=3"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(1, "hi"));
    QVERIFY(client.writeFrame(3, "\xff"));
    QVERIFY(client.writeFrame(2, QByteArray(1000, 'x')));

    QVERIFY(agreeToShutdown(client));
    QCOMPARE(listen.waitForEnd().output,
             "+---------------+----------+------------+--------------------------------------+\n"
             "| CHANNEL       | SIZE     | PEER       | PAYLOAD                              |\n"
             "+---------------+----------+------------+--------------------------------------+\n"
             "| 1 (COMMAND)   | 2        | peer-1     | hi                                   |\n"
             "| 3 (TELEMETRY) | 1        | peer-1     | <binary 1 bytes>                     |\n"
             "| 2 (DATA)      | 1000     | peer-1     | "
             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\xe2\x80\xa6 |\n"
             "+---------------+----------+------------+--------------------------------------+\n");
}

void tst_tool_listen::framesOfAllClientsArePrinted()
{
    ToolProcess listen({u"listen"_s, path(), u"--format=pretty"_s});
    QVERIFY(listen.startListening());
    RawSocket first = connectRawClient(path());
    RawSocket second = connectRawClient(path());

    QVERIFY(second.writeFrame(1, "b"));
    QVERIFY(listen.waitForOutput("peer=peer-2 payload=b\n"));
    QVERIFY(first.writeFrame(1, "a"));
    QVERIFY(listen.waitForOutput("peer=peer-1 payload=a\n"));
}

void tst_tool_listen::badClientsDisturbNobody()
{
    ToolProcess listen({u"listen"_s, path(), u"--format=raw"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());
    RawSocket garbage = RawSocket::connectTo(path());
    QVERIFY(garbage.write("garbage "));
    QVERIFY(garbage.waitForClosed());
    RawSocket unruly = connectRawClient(path());
    QVERIFY(unruly.writeFrame(9, "x"));
    QVERIFY(unruly.waitForClosed());

    QVERIFY(client.writeFrame(1, "still here"));

    QVERIFY(listen.waitForOutput("still here"));
    QVERIFY(listen.errors().contains(" WARN client turned away"));
    QVERIFY(listen.errors().contains(" WARN client dropped"));
}

void tst_tool_listen::onlyTheChosenChannelsArePrinted()
{
    ToolProcess listen(
            {u"listen"_s, path(), u"--channels=2,3"_s, u"--format=raw"_s, u"--count=2"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    for (const quint16 channel : {1, 2, 4, 3})
        QVERIFY(client.writeFrame(channel, QByteArray::number(channel)));

    QVERIFY(agreeToShutdown(client));
    QCOMPARE(listen.waitForEnd().output, "23");
}

void tst_tool_listen::chosenUserChannelIsOffered()
{
    ToolProcess listen({u"listen"_s, path(), u"--channels=300"_s, u"--format=raw"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path(), {1, 300});

    QVERIFY(client.writeFrame(1, "hidden"));
    QVERIFY(client.writeFrame(300, "shown"));

    QVERIFY(listen.waitForOutput("shown"));
    QCOMPARE(listen.output(), "shown");
}

void tst_tool_listen::countEndsItWith0AndRemovesTheSocket()
{
    ToolProcess listen({u"listen"_s, path(), u"--format=raw"_s, u"--count=2"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    for (const char *payload : {"a", "b", "c"})
        QVERIFY(client.writeFrame(1, payload));

    QVERIFY(agreeToShutdown(client));
    const ToolResult result = listen.waitForEnd();
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "ab");
    QVERIFY(!QFile::exists(path()));
}

void tst_tool_listen::countIsOverAllClientsAndOnlyOfPrintedFrames()
{
    ToolProcess listen({u"listen"_s, path(), u"--format=raw"_s, u"--channels=2"_s, u"--count=2"_s});
    QVERIFY(listen.startListening());
    RawSocket first = connectRawClient(path());
    RawSocket second = connectRawClient(path());

    QVERIFY(first.writeFrame(1, "no"));
    QVERIFY(first.writeFrame(2, "yes"));
    QVERIFY(listen.waitForOutput("yes"));
    QVERIFY(listen.isRunning());
    QVERIFY(second.writeFrame(2, "yes"));

    QVERIFY(agreeToShutdown(first));
    QVERIFY(agreeToShutdown(second));
    QCOMPARE(listen.waitForEnd().output, "yesyes");
}

void tst_tool_listen::clientIsAnsweredBeforeTheCountEndsTheServer()
{
    ToolProcess listen({u"listen"_s, path(), u"--count=1"_s});
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.write(RawSocket::frame(1, "x")
                         + RawSocket::frame(0, R"({"type":"shutdown_request"})")));

    const QByteArray expected = R"({"type":"shutdown_ack"})";
    QByteArray answers;
    while (!answers.contains(expected)) {
        const auto answer = client.readFrame();
        QVERIFY2(answer, answers.constData());
        answers += answer->payload;
    }
    client.close();
    QCOMPARE(listen.waitForEnd().exitCode, 0);
}

void tst_tool_listen::fullOutputDeviceIsAnError()
{
    ToolProcess listen({u"listen"_s, path()});
    listen.setOutputFile(u"/dev/full"_s);
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(1, "x"));

    const ToolResult result = listen.waitForEnd();
    QCOMPARE(result.exitCode, 125);
    QVERIFY2(result.errors.contains("error: cannot write to standard output: "),
             result.errors.constData());
    QVERIFY(!QFile::exists(path()));
}

void tst_tool_listen::closedOutputIsAnError()
{
    const QByteArray fifo = QFile::encodeName(path(u"fifo"_s));
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    const int reader = ::open(fifo.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ToolProcess listen({u"listen"_s, path()});
    listen.setOutputFile(path(u"fifo"_s));
    QVERIFY(listen.startListening());
    ::close(reader);
    RawSocket client = connectRawClient(path());

    QVERIFY(client.writeFrame(1, "x"));

    QCOMPARE(listen.waitForEnd().exitCode, 125);
    QVERIFY(!QFile::exists(path()));
}

void tst_tool_listen::signalEndsItAlthoughNobodyReadsItsOutput()
{
    const QByteArray fifo = QFile::encodeName(path(u"fifo"_s));
    QCOMPARE(::mkfifo(fifo.constData(), 0600), 0);
    const int reader = ::open(fifo.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ToolProcess listen({u"listen"_s, path(), u"--format=raw"_s});
    listen.setOutputFile(path(u"fifo"_s));
    QVERIFY(listen.startListening());
    RawSocket client = connectRawClient(path());
    // More than a pipe takes.
    QVERIFY(client.writeFrame(1, QByteArray(4 * 1024 * 1024, 'x')));
    QTRY_VERIFY_WITH_TIMEOUT(
            [&] {
                char byte;
                return ::read(reader, &byte, 1) == 1;
            }(),
            30000);

    listen.sendSignal(SIGTERM);

    QVERIFY(agreeToShutdown(client));
    QCOMPARE(listen.waitForEnd().exitCode, 0);
    QVERIFY(!QFile::exists(path()));
    ::close(reader);
}

QTEST_GUILESS_MAIN(tst_tool_listen)
#include "tst_tool_listen.moc"
