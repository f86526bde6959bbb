// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawserver.h"
#include "toolprocess.h"

#include <IpcPrims/Peer>

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <vector>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 MiB = 1024 * 1024;

// Less than what the client that doesn't read sends. Sanitizers keep freed memory for a while.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr qint64 MemoryLimit = 1000 * MiB;
#else
constexpr qint64 MemoryLimit = 100 * MiB;
#endif

QByteArray handshake(const QByteArray &protocol, const QByteArray &version, const QByteArray &list)
{
    return RawSocket::frame(0, R"({"protocol":")" + protocol + R"(","version":")" + version
                                       + R"(","channels":)" + list + '}');
}

// The most memory that a process ever had, in bytes.
qint64 peakMemory(qint64 processId)
{
    QFile status(u"/proc/%1/status"_s.arg(processId));
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmHWM:"))
            return line.simplified().split(' ').at(1).toLongLong() * 1024;
    }
    return -1;
}

} // namespace

/// Servers in general are tested here, with `echo`; what only `listen` does, in tst_tool_listen.
class tst_tool_echo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void framesComeBackOnTheirChannels();
    void largestPayloadComesBack();
    void onlyTheChosenChannelsAreOffered();
    void manyClientsAreServedAtOnce();
    void silentClientDelaysNobody();
    void badClientsAreTurnedAwayAndServingGoesOn_data();
    void badClientsAreTurnedAwayAndServingGoesOn();
    void badPeersAreDroppedAndServingGoesOn_data();
    void badPeersAreDroppedAndServingGoesOn();
    void clientThatDoesNotReadIsHeldBackAndLosesNothing();
    void halfClosedClientGetsAllEchoes();

    void signalRemovesTheSocketAndExitsWith0_data();
    void signalRemovesTheSocketAndExitsWith0();
    void signalEndsAServerOfClientsThatDoNotPlayAlong();
    void echoesOnTheirWayArriveBeforeASignalEndsTheServer();

    void socketIsForItsOwnerOnly();
    void pathOf107BytesIsUsed();
    void pathOf108BytesIsRefused();
    void otherFilesAtThePathSurvive_data();
    void otherFilesAtThePathSurvive();
    void liveServerIsNotDisplaced();
    void socketOfADeadServerIsReplaced();
    void missingDirectoryIsNamed();
    void forbiddenDirectoryExitsWith50();
    void channelListWithControlExitsWith64();

    void logLinesAreTextOrJson();
    void logLevelHidesWhatIsLessSevere();

private:
    QString path(const QString &name = u"socket"_s) const { return m_directory->filePath(name); }

    std::optional<QTemporaryDir> m_directory;
};

void tst_tool_echo::init()
{
    m_directory.emplace();
    QVERIFY(m_directory->isValid());
}

void tst_tool_echo::framesComeBackOnTheirChannels()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket client = connectRawClient(path());

    for (const quint16 channel : {1, 2, 3, 4}) {
        QVERIFY(isEchoed(client, channel, "text"));
        QVERIFY(isEchoed(client, channel, QByteArray()));
        QVERIFY(isEchoed(client, channel, QByteArray(1000, '\0')));
    }
    QCOMPARE(echo.output(), "");
    QVERIFY(echo.waitForErrors("echoing frame channel=4 channel_name=\"ERROR\" size=1000 "));
}

void tst_tool_echo::largestPayloadComesBack()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket client = connectRawClient(path());

    QVERIFY(isEchoed(client, 2, QByteArray(MaxPayloadSize, 'x')));
}

void tst_tool_echo::onlyTheChosenChannelsAreOffered()
{
    ToolProcess echo({u"echo"_s, path(), u"--channels"_s, u"2, 300"_s});
    QVERIFY(echo.startListening());

    RawSocket client = connectRawClient(path(), {1, 300});
    QVERIFY(isEchoed(client, 300, "x"));
    QVERIFY(!connectRawClient(path(), {1}).isValid());
    QVERIFY(echo.waitForErrors("no overlapping channels"));
}

void tst_tool_echo::manyClientsAreServedAtOnce()
{
    ToolProcess echo({u"echo"_s, path(), u"--log-level"_s, u"warn"_s});
    echo.start();
    QTRY_VERIFY(QFile::exists(path()));
    std::vector<RawSocket> clients;
    for (int number = 0; number < 100; ++number) {
        clients.push_back(connectRawClient(path()));
        QVERIFY(clients.back().isValid());
    }

    for (int round = 0; round < 3; ++round) {
        for (size_t number = 0; number < clients.size(); ++number)
            QVERIFY(clients[number].writeFrame(1, QByteArray::number(quint64(number))));
        for (size_t number = clients.size(); number-- > 0;) {
            const RawSocket::Frame expected{1, QByteArray::number(quint64(number))};
            QCOMPARE(clients[number].readFrame(), expected);
        }
    }
}

void tst_tool_echo::silentClientDelaysNobody()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    RawSocket silent = RawSocket::connectTo(path());
    RawSocket halfway = RawSocket::connectTo(path());
    QVERIFY(halfway.write(handshake("ipcprims", "1.0", "[1]").chopped(1)));
    RawSocket idle = connectRawClient(path());
    RawSocket client = connectRawClient(path());

    QVERIFY(isEchoed(client, 1, "x"));
    QVERIFY(!echo.errors().contains("turned away"));
}

void tst_tool_echo::badClientsAreTurnedAwayAndServingGoesOn_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("logged");

    QTest::newRow("other protocol") << "GET / HTTP/1.1\r\n\r\n"_ba
                                    << "frame error: "_ba;
    QTest::newRow("too large") << RawSocket::header(
            0, 16385) << "frame error: payload too large (16385 bytes on channel 0, max 16384)"_ba;
    QTest::newRow("wrong channel")
            << RawSocket::frame(1, "{}") << "expected CONTROL channel 0, got 1"_ba;
    QTest::newRow("no JSON") << RawSocket::frame(0, "hello") << "handshake failed: "_ba;
    QTest::newRow("other name") << handshake("other", "1.0", "[1]") << "unknown protocol"_ba;
    QTest::newRow("other version")
            << handshake("ipcprims", "2.0", "[1]") << "incompatible version"_ba;
    QTest::newRow("other channels")
            << handshake("ipcprims", "1.0", "[9]") << "no overlapping channels"_ba;
}

void tst_tool_echo::badClientsAreTurnedAwayAndServingGoesOn()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, logged);
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket neighbour = connectRawClient(path());

    RawSocket bad = RawSocket::connectTo(path());
    QVERIFY(bad.write(bytes));
    QVERIFY(bad.waitForClosed());
    QCOMPARE(bad.leftovers(), "");

    QVERIFY(echo.waitForErrors(" WARN client turned away reason="));
    QVERIFY2(echo.waitForErrors(logged), echo.errors().constData());
    QVERIFY(isEchoed(neighbour, 1, "still here"));
    RawSocket next = connectRawClient(path());
    QVERIFY(isEchoed(next, 1, "the next one"));
}

void tst_tool_echo::badPeersAreDroppedAndServingGoesOn_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("logged");

    QTest::newRow("other protocol") << "garbage "_ba
                                    << " WARN client dropped"_ba;
    QTest::newRow("too large") << RawSocket::header(
            1, 16777217) << "payload too large (16777217 bytes on channel 1, max 16777216)"_ba;
    QTest::newRow("unnegotiated channel")
            << RawSocket::frame(9, "x") << "received frame on unnegotiated channel 9"_ba;
    QTest::newRow("unknown control message")
            << RawSocket::frame(0, R"({"type":"dance"})") << " WARN client dropped"_ba;
    QTest::newRow("control message that is no JSON")
            << RawSocket::frame(0, "x") << "invalid CONTROL JSON payload"_ba;
    QTest::newRow("end inside a frame") << RawSocket::header(1, 100) << " WARN client dropped"_ba;
    QTest::newRow("end") << QByteArray() << " INFO client disconnected peer=\"peer-2\""_ba;
}

void tst_tool_echo::badPeersAreDroppedAndServingGoesOn()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, logged);
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket neighbour = connectRawClient(path());

    RawSocket bad = connectRawClient(path());
    QVERIFY(bad.write(bytes));
    bad.finishWriting();
    QVERIFY(bad.waitForClosed());

    QVERIFY2(echo.waitForErrors(logged), echo.errors().constData());
    QVERIFY(isEchoed(neighbour, 1, "still here"));
    RawSocket next = connectRawClient(path());
    QVERIFY(isEchoed(next, 1, "the next one"));
}

void tst_tool_echo::clientThatDoesNotReadIsHeldBackAndLosesNothing()
{
    constexpr int FrameCount = 160;
    ToolProcess echo({u"echo"_s, path(), u"--log-level"_s, u"debug"_s});
    QVERIFY(echo.startListening());

    Peer greedy;
    greedy.setSendWaterMarks((FrameCount + 1) * MiB, 0);
    greedy.setReceiving(false);
    int received = 0;
    bool inOrder = true;
    connect(&greedy, &Peer::frameReceived, this, [&](quint16, const QByteArray &payload) {
        inOrder = inOrder && payload == QByteArray(MiB, char(received));
        ++received;
    });
    greedy.connectToServer(Endpoint::fromPath(path()));
    QTRY_VERIFY_WITH_TIMEOUT(greedy.isOpen(), 30000);
    for (int number = 0; number < FrameCount; ++number)
        QVERIFY(!greedy.send(2, QByteArray(MiB, char(number))));
    QVERIFY(echo.waitForErrors("waiting for the client to read"));

    // Others don't notice.
    RawSocket neighbour = connectRawClient(path());
    QVERIFY(isEchoed(neighbour, 1, "x"));
    QCOMPARE_GT(greedy.bytesQueued(), 100 * MiB);

    greedy.setReceiving(true);
    QTRY_COMPARE_WITH_TIMEOUT(received, FrameCount, 60000);
    QVERIFY(inOrder);
    const qint64 memory = peakMemory(echo.processId());
    QVERIFY2(memory > 0 && memory < MemoryLimit, QByteArray::number(memory).constData());
}

void tst_tool_echo::halfClosedClientGetsAllEchoes()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket client = RawSocket::connectTo(path());
    const auto payload
            = [](int number) { return QByteArray::number(number).leftJustified(1000, ' '); };
    QByteArray bytes = handshake("ipcprims", "1.0", "[1,2,3,4]");
    for (int i = 0; i < 500; ++i)
        bytes += RawSocket::frame(2, payload(i));
    QVERIFY(client.write(bytes));
    client.finishWriting();
    QVERIFY(client.readFrame()); // The response.
    for (int i = 0; i < 500; ++i)
        QCOMPARE(client.readFrame(), (RawSocket::Frame{2, payload(i)}));
    QVERIFY(client.waitForClosed());
    QCOMPARE(client.leftovers(), QByteArray());
}

void tst_tool_echo::signalRemovesTheSocketAndExitsWith0_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<int>("signal");

    for (const auto &command : {u"echo"_s, u"listen"_s}) {
        QTest::addRow("%ls, SIGINT", qUtf16Printable(command)) << command << SIGINT;
        QTest::addRow("%ls, SIGTERM", qUtf16Printable(command)) << command << SIGTERM;
        QTest::addRow("%ls, SIGHUP", qUtf16Printable(command)) << command << SIGHUP;
    }
}

void tst_tool_echo::signalRemovesTheSocketAndExitsWith0()
{
    QFETCH(QString, command);
    QFETCH(int, signal);
    ToolProcess server({command, path()});
    QVERIFY(server.startListening());
    QVERIFY(QFile::exists(path()));

    server.sendSignal(signal);

    const ToolResult result = server.waitForEnd();
    QCOMPARE(result.exitCode, 0);
    QVERIFY(!QFile::exists(path()));
    QCOMPARE(result.output, "");
}

void tst_tool_echo::signalEndsAServerOfClientsThatDoNotPlayAlong()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket silent = RawSocket::connectTo(path());
    RawSocket idle = connectRawClient(path());
    // Doesn't read its echo, which is too large for the system's buffers.
    RawSocket stuck = connectRawClient(path());
    QVERIFY(stuck.writeFrame(1, QByteArray(MaxPayloadSize, 'x')));
    QVERIFY(echo.waitForErrors("echoing frame"));

    echo.sendSignal(SIGTERM);

    QCOMPARE(echo.waitForEnd().exitCode, 0);
    QVERIFY(!QFile::exists(path()));
}

void tst_tool_echo::echoesOnTheirWayArriveBeforeASignalEndsTheServer()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket client = connectRawClient(path());
    const QByteArray payload(4 * MiB, 'x');
    QVERIFY(client.writeFrame(1, payload));
    QVERIFY(echo.waitForErrors("echoing frame"));

    echo.sendSignal(SIGTERM);

    const RawSocket::Frame expected{1, payload};
    QCOMPARE(client.readFrame(), expected);
    const auto goodbye = client.readFrame();
    QVERIFY(goodbye && goodbye->payload.contains("shutdown_request"));
    QVERIFY(client.writeFrame(0, R"({"type":"shutdown_ack"})"));
    QCOMPARE(echo.waitForEnd().exitCode, 0);
}

void tst_tool_echo::socketIsForItsOwnerOnly()
{
    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());

    QCOMPARE(QFile::permissions(path()) & ~(QFile::ReadUser | QFile::WriteUser),
             QFile::ReadOwner | QFile::WriteOwner);
}

void tst_tool_echo::pathOf107BytesIsUsed()
{
    const QString longest = path(QString()).leftJustified(107, u'x');
    ToolProcess echo({u"echo"_s, longest});
    QVERIFY(echo.startListening());

    const ToolResult result = ToolProcess::run(
            {u"send"_s, longest, u"--data=hi"_s, u"--wait"_s, u"--format=raw"_s});

    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "hi");
}

void tst_tool_echo::pathOf108BytesIsRefused()
{
    const QString tooLong = path(QString()).leftJustified(108, u'x');

    const ToolResult result = ToolProcess::run({u"echo"_s, tooLong});

    QCOMPARE(result.exitCode, 3);
    QVERIFY2(result.errors.contains("error: transport error: socket path too long"),
             result.errors.constData());
    QVERIFY2(result.errors.contains("108") && result.errors.contains("107"),
             result.errors.constData());
}

void tst_tool_echo::otherFilesAtThePathSurvive_data()
{
    QTest::addColumn<QString>("command");

    QTest::newRow("echo") << u"echo"_s;
    QTest::newRow("listen") << u"listen"_s;
}

void tst_tool_echo::otherFilesAtThePathSurvive()
{
    QFETCH(QString, command);
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("precious") == 8);
    file.close();

    const ToolResult result = ToolProcess::run({command, path()});

    QCOMPARE(result.exitCode, 125);
    QVERIFY2(result.errors.contains("existing path is not a unix socket"),
             result.errors.constData());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "precious");
}

void tst_tool_echo::liveServerIsNotDisplaced()
{
    ToolProcess first({u"echo"_s, path()});
    QVERIFY(first.startListening());

    const ToolResult second = ToolProcess::run({u"listen"_s, path()});

    QCOMPARE(second.exitCode, 125);
    QVERIFY2(second.errors.startsWith("error: transport error: "), second.errors.constData());
    RawSocket client = connectRawClient(path());
    QVERIFY(isEchoed(client, 1, "x"));
}

void tst_tool_echo::socketOfADeadServerIsReplaced()
{
    {
        ToolProcess victim({u"echo"_s, path()});
        QVERIFY(victim.startListening());
        victim.sendSignal(SIGKILL);
        victim.waitForEnd();
    }
    QVERIFY(QFile::exists(path()));

    ToolProcess echo({u"echo"_s, path()});
    QVERIFY(echo.startListening());
    RawSocket client = connectRawClient(path());
    QVERIFY(isEchoed(client, 1, "x"));
}

void tst_tool_echo::missingDirectoryIsNamed()
{
    const ToolResult result = ToolProcess::run({u"echo"_s, path(u"missing/socket"_s)});

    QCOMPARE(result.exitCode, 125);
    QVERIFY2(result.errors.contains(QFile::encodeName(path(u"missing"_s))),
             result.errors.constData());
}

void tst_tool_echo::forbiddenDirectoryExitsWith50()
{
    QVERIFY(QFile::setPermissions(m_directory->path(), QFile::ReadOwner | QFile::ExeOwner));
    ToolProcess echo({u"echo"_s, path()});
    echo.setUnprivileged();
    echo.start();

    const ToolResult result = echo.waitForEnd();
    if (result.exitCode == -1)
        QSKIP("The unprivileged user can't reach the build directory");
    QCOMPARE(result.exitCode, 50);
}

void tst_tool_echo::channelListWithControlExitsWith64()
{
    const ToolResult result = ToolProcess::run({u"echo"_s, path(), u"--channels"_s, u"0,1"_s});

    QCOMPARE(result.exitCode, 64);
    QVERIFY(!QFile::exists(path()));
}

void tst_tool_echo::logLinesAreTextOrJson()
{
    ToolProcess text({u"echo"_s, path(u"text"_s)});
    QVERIFY(text.startListening());
    const QRegularExpression textLine(
            u"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO "
            "listening on unix domain socket path=\"%1\"\n$"_s.arg(path(u"text"_s)));
    QVERIFY2(textLine.match(QString::fromUtf8(text.errors())).hasMatch(),
             text.errors().constData());

    ToolProcess json({u"echo"_s, path(u"json"_s), u"--log-format=json"_s});
    QVERIFY(json.startListening());
    const QRegularExpression jsonLine(
            u"^\\{\"timestamp\":\"[-0-9T:.]+Z\",\"level\":\"INFO\",\"fields\":\\{"
            "\"message\":\"listening on unix domain socket\",\"path\":\"%1\"\\}\\}\n$"_s.arg(
                    path(u"json"_s)));
    QVERIFY2(jsonLine.match(QString::fromUtf8(json.errors())).hasMatch(),
             json.errors().constData());
}

void tst_tool_echo::logLevelHidesWhatIsLessSevere()
{
    ToolProcess echo({u"--log-level"_s, u"warn"_s, u"echo"_s, path()});
    echo.start();
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path()), 30000);
    RawSocket client = connectRawClient(path());
    QVERIFY(isEchoed(client, 1, "x"));
    RawSocket bad = RawSocket::connectTo(path());
    QVERIFY(bad.write("garbage "));
    QVERIFY(echo.waitForErrors(" WARN client turned away"));

    QVERIFY2(!echo.errors().contains(" INFO "), echo.errors().constData());
}

QTEST_GUILESS_MAIN(tst_tool_echo)
#include "tst_tool_echo.moc"
