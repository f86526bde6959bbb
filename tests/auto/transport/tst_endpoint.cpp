// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include "transport/transportfactory_p.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;

static constexpr qsizetype MaxLength = sizeof(sockaddr_un::sun_path) - 1;

class tst_Endpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nullEndpointIsInvalid();
    void relativePathIsResolvedNow();
    void absolutePathIsKeptAsItIs();
    void pathWithNulIsInvalid();
    void longestPathIsValidAndOneMoreIsNot();
    void abstractNameIsMarked();
    void abstractNameIsLimitedToo();
    void equalityIsByNameAndKind();
    void serviceLiesInTheRuntimeDirectory();
    void serviceNameWithOtherCharactersIsInvalid();
    void constructingTouchesNothing();
    void listeningMakesThePrivateDirectory();
    void listeningMakesNoOtherDirectory();
    void unsafeServiceDirectoryIsRefused_data();
    void unsafeServiceDirectoryIsRefused();

private:
    std::unique_ptr<PublicDirectory> m_runtime;
};

void tst_Endpoint::init()
{
    qunsetenv("FLATPAK_ID");
    qunsetenv("SNAP");
    m_runtime = std::make_unique<PublicDirectory>();
    QCOMPARE(::chmod(QFile::encodeName(m_runtime->path()).constData(), 0700), 0);
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime->path()));
}

void tst_Endpoint::nullEndpointIsInvalid()
{
    QVERIFY(Endpoint().isNull());
    QVERIFY(Endpoint::fromPath(QString()).isNull());
    QCOMPARE(Endpoint().validate().code(), ErrorCode::InvalidEndpoint);
}

void tst_Endpoint::relativePathIsResolvedNow()
{
    const QString before = QDir::currentPath();
    const Endpoint endpoint = Endpoint::fromPath(QStringLiteral("a.sock"));
    QVERIFY(QDir::setCurrent(m_runtime->path()));
    QCOMPARE(endpoint.path(), before + QStringLiteral("/a.sock"));
    QVERIFY(QDir::setCurrent(before));
}

void tst_Endpoint::absolutePathIsKeptAsItIs()
{
    // ".." after a link does not mean what it means in the text.
    const QString path = QStringLiteral("/run/link/../a.sock");
    QCOMPARE(Endpoint::fromPath(path).path(), path);
    QCOMPARE(Endpoint::fromPath(path).nativeAddress(), QFile::encodeName(path));
    QVERIFY(!Endpoint::fromPath(path).validate());
}

void tst_Endpoint::pathWithNulIsInvalid()
{
    const Endpoint endpoint = Endpoint::fromPath(QStringLiteral("/tmp/a") + QChar() + u'b');
    QCOMPARE(endpoint.validate().code(), ErrorCode::InvalidEndpoint);
}

void tst_Endpoint::longestPathIsValidAndOneMoreIsNot()
{
    QVERIFY(!Endpoint::fromPath(m_runtime->pathOfLength(MaxLength)).validate());
    const Error error = Endpoint::fromPath(m_runtime->pathOfLength(MaxLength + 1)).validate();
    QCOMPARE(error.code(), ErrorCode::PathTooLong);
    QVERIFY2(error.message().contains(QStringLiteral("socket path too long (%1 bytes, max %2)")
                                              .arg(MaxLength + 1)
                                              .arg(MaxLength)),
             qPrintable(error.message()));
}

void tst_Endpoint::abstractNameIsMarked()
{
    const Endpoint endpoint = Endpoint::abstract("name");
    QVERIFY(endpoint.isAbstract());
    QCOMPARE(endpoint.path(), QStringLiteral("@name"));
    QCOMPARE(endpoint.nativeAddress(), QByteArray("name"));
#ifdef Q_OS_LINUX
    QVERIFY(!endpoint.validate());
#else
    QCOMPARE(endpoint.validate().code(), ErrorCode::InvalidEndpoint);
#endif
}

void tst_Endpoint::abstractNameIsLimitedToo()
{
#ifdef Q_OS_LINUX
    QVERIFY(!Endpoint::abstract(QByteArray(MaxLength, 'x')).validate());
    QCOMPARE(Endpoint::abstract(QByteArray(MaxLength + 1, 'x')).validate().code(),
             ErrorCode::PathTooLong);
    QCOMPARE(Endpoint::abstract(QByteArray("a\0b", 3)).validate().code(),
             ErrorCode::InvalidEndpoint);
#endif
}

void tst_Endpoint::equalityIsByNameAndKind()
{
    QCOMPARE(Endpoint::fromPath(QStringLiteral("/a")), Endpoint::fromPath(QStringLiteral("/a")));
    QVERIFY(Endpoint::fromPath(QStringLiteral("/a")) != Endpoint::fromPath(QStringLiteral("/b")));
    QVERIFY(Endpoint::fromPath(QStringLiteral("/a")) != Endpoint::abstract("/a"));
}

void tst_Endpoint::serviceLiesInTheRuntimeDirectory()
{
    const Endpoint endpoint = Endpoint::forService(QStringLiteral("org.example.a-b_c"));
    QCOMPARE(endpoint.path(),
             m_runtime->filePath(QStringLiteral("ipcprims/org.example.a-b_c.sock")));
    QVERIFY(!endpoint.validate());
}

void tst_Endpoint::serviceNameWithOtherCharactersIsInvalid()
{
    for (const QString &name : {QStringLiteral(""), QStringLiteral("a/b"), QStringLiteral("a b"),
                                QStringLiteral("\u00e4"), QStringLiteral("a\n")}) {
        QCOMPARE(Endpoint::forService(name).validate().code(), ErrorCode::InvalidEndpoint);
    }
}

void tst_Endpoint::constructingTouchesNothing()
{
    Endpoint::forService(QStringLiteral("a"));
    Endpoint::fromPath(m_runtime->filePath(QStringLiteral("b")));
    QVERIFY(m_runtime->entries().isEmpty());
}

void tst_Endpoint::listeningMakesThePrivateDirectory()
{
    const Umask umask(0);
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    const Error error = listener->listen(Endpoint::forService(QStringLiteral("a")), {});
    QVERIFY2(!error, qPrintable(error.message()));
    QCOMPARE(statOf(m_runtime->filePath(QStringLiteral("ipcprims"))).st_mode & 07777, 0700u);
    listener->close();
    // Once more, with the directory there.
    QVERIFY(!listener->listen(Endpoint::forService(QStringLiteral("a")), {}));
}

void tst_Endpoint::listeningMakesNoOtherDirectory()
{
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    const QString path = m_runtime->filePath(QStringLiteral("elsewhere/a.sock"));
    QCOMPARE(listener->listen(Endpoint::fromPath(path), {}).code(), ErrorCode::NotFound);
    QVERIFY(m_runtime->entries().isEmpty());
}

void tst_Endpoint::unsafeServiceDirectoryIsRefused_data()
{
    QTest::addColumn<QString>("how");
    QTest::addColumn<ErrorCode>("code");
    QTest::newRow("writable by others") << QStringLiteral("open") << ErrorCode::PermissionDenied;
    QTest::newRow("another user's") << QStringLiteral("foreign") << ErrorCode::PermissionDenied;
    QTest::newRow("link") << QStringLiteral("link") << ErrorCode::PathOccupied;
    QTest::newRow("file") << QStringLiteral("file") << ErrorCode::PathOccupied;
}

void tst_Endpoint::unsafeServiceDirectoryIsRefused()
{
    QFETCH(const QString, how);
    const QByteArray directory = QFile::encodeName(m_runtime->filePath(QStringLiteral("ipcprims")));
    if (how == u"link") {
        QCOMPARE(::symlink("/tmp", directory.constData()), 0);
    } else if (how == u"file") {
        QFile file(QFile::decodeName(directory));
        QVERIFY(file.open(QIODevice::WriteOnly));
    } else {
        QCOMPARE(::mkdir(directory.constData(), 0700), 0);
    }
    if (how == u"open") {
        QCOMPARE(::chmod(directory.constData(), 0770), 0);
    } else if (how == u"foreign") {
        if (::geteuid() != 0)
            QSKIP("Needs root, to give a directory to another user");
        QCOMPARE(::chown(directory.constData(), OtherUser, OtherUser), 0);
    }

    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    const Error error = listener->listen(Endpoint::forService(QStringLiteral("a")), {});
    QTEST(error.code(), "code");
    QVERIFY2(error.message().contains(QFile::decodeName(directory)), qPrintable(error.message()));
}

QTEST_GUILESS_MAIN(tst_Endpoint)
#include "tst_endpoint.moc"
