// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "toolprocess.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <memory>

using namespace Qt::StringLiterals;

class tst_tool_list : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void jsonHasItsMembersInOrder();
    void longNameIsShownAsItWasGiven();
    void killedServerIsDead();
    void tableIsForPeople();
    void rawArePaths();
    void otherDirectoriesCanBeListed();
    void nothingIsNoFailure();
    void unreadableDirectoryFails();
    void foreignDirectoryFails();
    void listThatIsNotWholeSaysSo();

private:
    std::unique_ptr<QTemporaryDir> m_runtime;
};

namespace {

void matches(const QByteArray &output, const QString &pattern)
{
    const QRegularExpression expression(QRegularExpression::anchoredPattern(pattern));
    QVERIFY2(expression.match(QString::fromUtf8(output)).hasMatch(), output.constData());
}

} // namespace

void tst_tool_list::init()
{
    m_runtime = std::make_unique<QTemporaryDir>();
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime->path()));
}

void tst_tool_list::jsonHasItsMembersInOrder()
{
    ToolProcess server({u"echo"_s, u"--service"_s, u"org.example.tool"_s});
    QVERIFY(server.startListening());
    const QString line
            = uR"--(\{"services":\[\{"name":"org\.example\.tool","path":"%1","state":"running",)--"
              R"--("pid":%2,"uid":\d+,"since":"\d+-\d\d-\d\dT\d\d:\d\d:\d\dZ","age_s":\d+\}\]\})--"
              "\n"_s.arg(QRegularExpression::escape(
                                 m_runtime->filePath(u"ipcprims/org.example.tool.sock"_s)),
                         QString::number(server.processId()));
    const ToolResult result = ToolProcess::run({u"list"_s});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.errors, "");
    matches(result.output, line);
    matches(ToolProcess::run({u"list"_s, u"--json"_s, u"--format"_s, u"table"_s}).output, line);
}

void tst_tool_list::longNameIsShownAsItWasGiven()
{
    const QString name = u"org.example."_s + QString(200, u'x');
    ToolProcess server({u"echo"_s, u"--service"_s, name});
    QVERIFY(server.startListening());
    const QByteArray output = ToolProcess::run({u"list"_s, u"--json"_s}).output;
    QVERIFY2(output.contains("\"name\":\"" + name.toLatin1() + '"'), output.constData());
}

void tst_tool_list::killedServerIsDead()
{
    ToolProcess server({u"echo"_s, u"--service"_s, u"a"_s});
    QVERIFY(server.startListening());
    server.sendSignal(SIGKILL);
    QCOMPARE(server.waitForEnd().exitCode, -1);
    const ToolResult result = ToolProcess::run({u"list"_s});
    QCOMPARE(result.exitCode, 0);
    QVERIFY2(result.output.contains(R"("state":"dead","pid":null)"), result.output.constData());
}

void tst_tool_list::tableIsForPeople()
{
    ToolProcess server({u"echo"_s, u"--service"_s, u"a"_s});
    QVERIFY(server.startListening());
    const ToolResult result = ToolProcess::run({u"list"_s, u"--format"_s, u"table"_s});
    QCOMPARE(result.exitCode, 0);
    matches(result.output,
            u"NAME +STATE +PID +UID +AGE +PATH\na +running +%1 +\\d+ +\\d+s +%2\n"_s.arg(
                    QString::number(server.processId()),
                    m_runtime->filePath(u"ipcprims/a.sock"_s)));
}

void tst_tool_list::rawArePaths()
{
    ToolProcess server({u"echo"_s, u"--service"_s, u"a"_s});
    QVERIFY(server.startListening());
    const ToolResult result = ToolProcess::run({u"list"_s, u"--format"_s, u"raw"_s});
    QCOMPARE(QString::fromUtf8(result.output), m_runtime->filePath(u"ipcprims/a.sock\n"_s));
}

void tst_tool_list::otherDirectoriesCanBeListed()
{
    ToolProcess server({u"echo"_s, m_runtime->filePath(u"s"_s)});
    QVERIFY(server.startListening());
    const ToolResult result = ToolProcess::run({u"list"_s, m_runtime->path()});
    QCOMPARE(result.exitCode, 0);
    QVERIFY2(result.output.contains(R"("name":null)"), result.output.constData());
    QVERIFY2(result.output.contains("\"pid\":" + QByteArray::number(server.processId())),
             result.output.constData());
}

void tst_tool_list::nothingIsNoFailure()
{
    const ToolResult result = ToolProcess::run({u"list"_s});
    QCOMPARE(result.exitCode, 0);
    QCOMPARE(result.output, "{\"services\":[]}\n");
}

void tst_tool_list::unreadableDirectoryFails()
{
    const ToolResult result = ToolProcess::run({u"list"_s, m_runtime->filePath(u"absent"_s)});
    QCOMPARE(result.exitCode, 125);
    QCOMPARE(result.output, "");
    QVERIFY2(result.errors.startsWith("error: transport error: reading the directory "),
             result.errors.constData());
}

void tst_tool_list::foreignDirectoryFails()
{
    QVERIFY(QDir(m_runtime->path()).mkdir(u"ipcprims"_s));
    QVERIFY(QFile::setPermissions(m_runtime->filePath(u"ipcprims"_s),
                                  QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner
                                          | QFile::WriteOther));
    const ToolResult result = ToolProcess::run({u"list"_s});
    QCOMPARE(result.exitCode, 50);
    QVERIFY2(result.errors.contains("can be written by others"), result.errors.constData());
}

void tst_tool_list::listThatIsNotWholeSaysSo()
{
    ToolProcess server({u"echo"_s, u"--service"_s, u"org.example.tool"_s});
    QVERIFY(server.startListening());
    const QDir directory(m_runtime->filePath(u"ipcprims"_s));
    for (int i = 0; i < 4096; ++i)
        QVERIFY(QFile(directory.filePath(QString::number(i))).open(QFile::WriteOnly));
    const ToolResult result = ToolProcess::run({u"list"_s});
    QCOMPARE(result.exitCode, 125);
    QVERIFY2(result.errors.contains("more than 4096 files"), result.errors.constData());
}

QTEST_GUILESS_MAIN(tst_tool_list)
#include "tst_tool_list.moc"
