// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/SchemaRegistry>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <optional>

#ifdef Q_OS_UNIX
#    include <cerrno>

#    include <sys/socket.h>
#    include <sys/stat.h>
#    include <sys/un.h>
#    include <unistd.h>
#endif

using namespace IpcPrims;

/// A directory with schemas that somebody careless or hostile has filled. Whatever has the name of
/// a channel's schema and can't be one is an error: else nobody would notice that the channel isn't
/// checked.
class tst_SchemaFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nameOfASchemaHasToBeAFile_data();
    void nameOfASchemaHasToBeAFile();
    void linkInAnyCaseIsRefused_data();
    void linkInAnyCaseIsRefused();
    void fileThatMayNotBeReadIsAnError();
    void hostileNameIsEscaped();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    void writeSchema(const QString &name) const
    {
        QFile file(path(name));
        QVERIFY(file.open(QFile::WriteOnly));
        QCOMPARE(file.write("true"), 4);
    }
    /// Of loading the directory.
    Error error() const
    {
        Error error;
        SchemaRegistry::fromDirectory(m_directory->path(), {}, &error);
        return error;
    }

    std::optional<QTemporaryDir> m_directory;
};

void tst_SchemaFiles::init()
{
    m_directory.emplace();
    writeSchema(QStringLiteral("data.schema.json"));
    QVERIFY2(!error(), qPrintable(error().message()));
}

namespace {
using MakeEntry = bool (*)(const QByteArray &path);

bool makeDirectory(const QByteArray &path)
{
    return QDir().mkdir(QFile::decodeName(path));
}

#ifdef Q_OS_UNIX
bool makeFifo(const QByteArray &path)
{
    return ::mkfifo(path.constData(), 0600) == 0;
}

bool makeSocket(const QByteArray &path)
{
    sockaddr_un address = {AF_UNIX, {}};
    qstrncpy(address.sun_path, path.constData(), sizeof address.sun_path);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const int result
            = ::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address);
    ::close(descriptor);
    return result == 0;
}
#endif
} // namespace

void tst_SchemaFiles::nameOfASchemaHasToBeAFile_data()
{
    QTest::addColumn<MakeEntry>("make");
    QTest::newRow("directory") << &makeDirectory;
#ifdef Q_OS_UNIX
    QTest::newRow("FIFO") << &makeFifo;
    QTest::newRow("socket") << &makeSocket;
#endif
}

void tst_SchemaFiles::nameOfASchemaHasToBeAFile()
{
    QFETCH(const MakeEntry, make);
    const QString name = QStringLiteral("Command.schema.JSON");
    QVERIFY(make(QFile::encodeName(path(name))));
    QCOMPARE(error().code(), ErrorCode::InvalidSchema);
    QCOMPARE(error().message(),
             QStringLiteral("failed to load schema: %1: not a regular file").arg(name));
    SchemaRegistryBuilder builder;
    QCOMPARE(builder.addFile(path(name)).message(), error().message());
}

void tst_SchemaFiles::linkInAnyCaseIsRefused_data()
{
    QTest::addColumn<QString>("target");
    QTest::newRow("to a schema") << QStringLiteral("data.schema.json");
    QTest::newRow("to itself") << QStringLiteral("Command.Schema.Json");
    QTest::newRow("to nothing") << QStringLiteral("none");
}

void tst_SchemaFiles::linkInAnyCaseIsRefused()
{
    QFETCH(const QString, target);
    QVERIFY(QFile::link(path(target), path(QStringLiteral("Command.Schema.Json"))));
    QCOMPARE(error().message(), QStringLiteral("failed to load schema: Command.Schema.Json: "
                                               "symbolic links are not followed"));
}

void tst_SchemaFiles::fileThatMayNotBeReadIsAnError()
{
#ifdef Q_OS_UNIX
    const QByteArray file = QFile::encodeName(path(QStringLiteral("data.schema.json")));
    QCOMPARE(::chmod(QFile::encodeName(m_directory->path()).constData(), 0755), 0);
    QCOMPARE(::chmod(file.constData(), 0), 0);
    constexpr uid_t somebodyElse = 65534;
    const bool isRoot = ::geteuid() == 0; // Who may read everything.
    if (isRoot)
        QCOMPARE(::seteuid(somebodyElse), 0);
    const Error refused = error();
    if (isRoot)
        QCOMPARE(::seteuid(0), 0);
    QCOMPARE(refused.message(),
             QStringLiteral("failed to load schema: data.schema.json: can't be opened: ")
                     + qt_error_string(EACCES));
#else
    QSKIP("Files have no modes outside of Unix");
#endif
}

void tst_SchemaFiles::hostileNameIsEscaped()
{
#ifdef Q_OS_UNIX
    writeSchema(QStringLiteral("a\n\x1b[31m.schema.json"));
    const QString message = error().message();
    QVERIFY2(message.startsWith(QStringLiteral("failed to load schema: a\\u000a\\u001b[31m.schema."
                                               "json: unknown name: ")),
             qPrintable(message));
#else
    QSKIP("Outside of Unix, files have no names with control characters");
#endif
}

QTEST_GUILESS_MAIN(tst_SchemaFiles)

#include "tst_schemafiles.moc"
