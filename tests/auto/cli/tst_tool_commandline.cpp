// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "toolprocess.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

class tst_tool_commandline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wrongCommandLineExitsWith64AndPrintsTheUsage_data();
    void wrongCommandLineExitsWith64AndPrintsTheUsage();
    void problemIsNamed_data();
    void problemIsNamed();
    void helpGoesToStandardOutput_data();
    void helpGoesToStandardOutput();
    void helpNamesEveryCommandAndGlobalOption();
    void versionIsTheSameWhateverTheFormat_data();
    void versionIsTheSameWhateverTheFormat();
    void extendedVersionNamesItsPartsInOrder();
    void timesInSecondsAndMillisecondsAreAccepted_data();
    void timesInSecondsAndMillisecondsAreAccepted();
    void globalOptionsMayStandBeforeOrAfterTheCommand();
    void fullOutputDeviceIsAnError();
};

void tst_tool_commandline::wrongCommandLineExitsWith64AndPrintsTheUsage_data()
{
    QTest::addColumn<QStringList>("arguments");

    QTest::newRow("nothing") << QStringList();
    QTest::newRow("unknown command") << QStringList{u"bogus"_s};
    QTest::newRow("empty command") << QStringList{QString()};
    QTest::newRow("unknown option") << QStringList{u"--bogus"_s};
    QTest::newRow("unknown option of a command") << QStringList{u"echo"_s, u"/x"_s, u"--wait"_s};
    QTest::newRow("help for an unknown command") << QStringList{u"help"_s, u"bogus"_s};
    QTest::newRow("echo without a path") << QStringList{u"echo"_s};
    QTest::newRow("listen without a path") << QStringList{u"listen"_s};
    QTest::newRow("send without a path") << QStringList{u"send"_s};
    QTest::newRow("info without a path") << QStringList{u"info"_s};
    QTest::newRow("two paths") << QStringList{u"echo"_s, u"/x"_s, u"/y"_s};
    QTest::newRow("format") << QStringList{u"version"_s, u"--format"_s, u"xml"_s};
    QTest::newRow("log level") << QStringList{u"version"_s, u"--log-level"_s, u"loud"_s};
    QTest::newRow("log format") << QStringList{u"version"_s, u"--log-format"_s, u"xml"_s};
    QTest::newRow("option without its value") << QStringList{u"send"_s, u"/x"_s, u"--data"_s};
    for (const auto &value : {u"65536"_s, u"-1"_s, u"+1"_s, u"1.0"_s, u"x"_s, QString()})
        QTest::addRow("channel '%ls'", qUtf16Printable(value))
                << QStringList{u"send"_s, u"/x"_s, u"-c"_s, value};
    for (const auto &value : {u"1,,2"_s, u"1;2"_s, u"1,"_s, u"65536"_s, QString()})
        QTest::addRow("channels '%ls'", qUtf16Printable(value))
                << QStringList{u"echo"_s, u"/x"_s, u"--channels"_s, value};
    for (const auto &value : {u"0"_s, u"-1"_s, u"x"_s, QString()})
        QTest::addRow("count '%ls'", qUtf16Printable(value))
                << QStringList{u"listen"_s, u"/x"_s, u"--count"_s, value};
    // Times are judged although nobody waits.
    for (const auto &value : {u"0"_s, u"0ms"_s, u"-1"_s, u"1.5"_s, u"5m"_s, u"5 s"_s, u"s"_s,
                              u"99999999999999999999"_s, QString()}) {
        QTest::addRow("wait time '%ls'", qUtf16Printable(value))
                << QStringList{u"send"_s, u"/x"_s, u"--wait-timeout"_s, value};
        QTest::addRow("info time '%ls'", qUtf16Printable(value))
                << QStringList{u"info"_s, u"/x"_s, u"--timeout"_s, value};
    }
    QTest::newRow("json and data")
            << QStringList{u"send"_s, u"/x"_s, u"--json"_s, u"1"_s, u"--data"_s, u"1"_s};
    QTest::newRow("json and file")
            << QStringList{u"send"_s, u"/x"_s, u"--json"_s, u"1"_s, u"--file"_s, u"/y"_s};
    QTest::newRow("data and file")
            << QStringList{u"send"_s, u"/x"_s, u"--data"_s, u"1"_s, u"--file"_s, u"/y"_s};
}

void tst_tool_commandline::wrongCommandLineExitsWith64AndPrintsTheUsage()
{
    QFETCH(QStringList, arguments);

    const ToolResult result = ToolProcess::run(arguments);

    QCOMPARE(result.exitCode, 64);
    QVERIFY2(result.errors.startsWith("error: "), result.errors.constData());
    QVERIFY2(result.errors.contains("\nUsage: ipcprims "), result.errors.constData());
    QCOMPARE(result.output, "");
}

void tst_tool_commandline::problemIsNamed_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("problem");

    QTest::newRow("no command") << QStringList() << "no command given"_ba;
    QTest::newRow("command") << QStringList{u"bogus"_s} << "there is no command \"bogus\""_ba;
    QTest::newRow("option") << QStringList{u"--bogus"_s} << "there is no option --bogus"_ba;
    QTest::newRow("channel") << QStringList{u"send"_s, u"/x"_s, u"-c"_s, u"70000"_s}
                             << "--channel: \"70000\" is not a channel (1 to 65535)"_ba;
    QTest::newRow("option of a command") << QStringList{u"send"_s, u"/x"_s, u"--bogus"_s, u"1"_s}
                                         << "there is no option --bogus"_ba;
    QTest::newRow("two paths") << QStringList{u"info"_s, u"/x"_s, u"/y"_s}
                               << "unexpected argument \"/y\""_ba;
    QTest::newRow("time") << QStringList{u"info"_s, u"/x"_s, u"--timeout"_s, u"0"_s}
                          << "--timeout: \"0\" is not a positive time such as 5s, 5 or 200ms"_ba;
    QTest::newRow("format") << QStringList{u"--format"_s, u"xml"_s, u"version"_s}
                            << "--format: \"xml\" is not one of json|table|pretty|raw"_ba;
}

void tst_tool_commandline::problemIsNamed()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, problem);

    const ToolResult result = ToolProcess::run(arguments);

    QCOMPARE(result.errors.split('\n').first(), "error: " + problem);
}

void tst_tool_commandline::helpGoesToStandardOutput_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("usage");

    QTest::newRow("--help") << QStringList{u"--help"_s} << "ipcprims [OPTIONS] COMMAND"_ba;
    QTest::newRow("-h") << QStringList{u"-h"_s} << "ipcprims [OPTIONS] COMMAND"_ba;
    QTest::newRow("help") << QStringList{u"help"_s} << "ipcprims [OPTIONS] COMMAND"_ba;
    QTest::newRow("help send") << QStringList{u"help"_s, u"send"_s}
                               << "ipcprims send [OPTIONS] PATH"_ba;
    QTest::newRow("send --help") << QStringList{u"send"_s, u"--help"_s}
                                 << "ipcprims send [OPTIONS] PATH"_ba;
    QTest::newRow("echo -h") << QStringList{u"echo"_s, u"-h"_s}
                             << "ipcprims echo [OPTIONS] PATH"_ba;
}

void tst_tool_commandline::helpGoesToStandardOutput()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, usage);

    const ToolResult result = ToolProcess::run(arguments);

    QCOMPARE(result.exitCode, 0);
    QVERIFY2(result.output.contains("\nUsage: " + usage + '\n'), result.output.constData());
    QCOMPARE(result.errors, "");
}

void tst_tool_commandline::helpNamesEveryCommandAndGlobalOption()
{
    const QByteArray help = ToolProcess::run({u"--help"_s}).output;

    for (const auto &word : {"\n  echo ", "\n  listen ", "\n  send ", "\n  info ", "\n  version ",
                             "\n  help ", "--format json|table|pretty|raw",
                             "--log-level error|warn|info|debug|trace", "--log-format text|json"})
        QVERIFY2(help.contains(word), word);
}

void tst_tool_commandline::versionIsTheSameWhateverTheFormat_data()
{
    QTest::addColumn<QStringList>("arguments");

    QTest::newRow("--version") << QStringList{u"--version"_s};
    QTest::newRow("-V") << QStringList{u"-V"_s};
    QTest::newRow("version") << QStringList{u"version"_s};
    QTest::newRow("json") << QStringList{u"version"_s, u"--format"_s, u"json"_s};
    QTest::newRow("raw") << QStringList{u"--format"_s, u"raw"_s, u"version"_s};
}

void tst_tool_commandline::versionIsTheSameWhateverTheFormat()
{
    QFETCH(QStringList, arguments);

    const ToolResult result = ToolProcess::run(arguments);

    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "ipcprims " IPCPRIMS_VERSION "\n");
}

void tst_tool_commandline::extendedVersionNamesItsPartsInOrder()
{
    const ToolResult result = ToolProcess::run({u"version"_s, u"--extended"_s});

    QByteArrayList names;
    for (const QByteArray &line : result.output.trimmed().split('\n')) {
        const qsizetype colon = line.indexOf(": ");
        QVERIFY2(colon > 0 && line.size() > colon + 2, line.constData());
        names += line.left(colon);
    }
    const QByteArrayList expected{"name",     "version", "target_os", "target_arch",
                                  "compiler", "qt",      "git_hash"};
    QCOMPARE(names, expected);
    QCOMPARE(result.exitCode, 0);
}

void tst_tool_commandline::timesInSecondsAndMillisecondsAreAccepted_data()
{
    QTest::addColumn<QString>("time");
    QTest::addColumn<QByteArray>("shown");

    QTest::newRow("milliseconds") << u"20ms"_s << "20ms"_ba;
    QTest::newRow("surrounding blanks") << u" 30ms "_s << "30ms"_ba;
    QTest::newRow("seconds") << u"1s"_s << "1s"_ba;
    QTest::newRow("no unit") << u"1"_s << "1s"_ba;
    QTest::newRow("milliseconds that are seconds") << u"1000ms"_s << "1s"_ba;
}

void tst_tool_commandline::timesInSecondsAndMillisecondsAreAccepted()
{
    QFETCH(QString, time);
    QFETCH(QByteArray, shown);

    const ToolResult result
            = ToolProcess::run({u"info"_s, u"/nonexistent/socket"_s, u"--timeout"_s, time});

    QCOMPARE(result.exitCode, 124);
    QVERIFY2(result.errors.contains("within " + shown + ':'), result.errors.constData());
}

void tst_tool_commandline::globalOptionsMayStandBeforeOrAfterTheCommand()
{
    const QString missing = u"/nonexistent/socket"_s;
    const QStringList before{u"--log-level"_s, u"error"_s, u"--format"_s, u"raw"_s,
                             u"send"_s,        missing,    u"--data=x"_s};
    const QStringList after{u"send"_s, missing,          u"--data=x"_s, u"--format"_s,
                            u"raw"_s,  u"--log-level"_s, u"error"_s};

    QCOMPARE(ToolProcess::run(before).exitCode, 125);
    QCOMPARE(ToolProcess::run(after).exitCode, 125);
}

void tst_tool_commandline::fullOutputDeviceIsAnError()
{
    ToolProcess tool({u"version"_s});
    tool.setOutputFile(u"/dev/full"_s);
    tool.start();

    QCOMPARE(tool.waitForEnd().exitCode, 125);
}

QTEST_GUILESS_MAIN(tst_tool_commandline)
#include "tst_tool_commandline.moc"
