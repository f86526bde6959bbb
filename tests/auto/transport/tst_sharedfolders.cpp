// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>

#include <unistd.h>

using namespace IpcPrims;

// What a listener says and does where other users may write, too.
class tst_SharedFolders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void othersWhoCanReplaceTheSocketAreWarnedOf_data();
    void othersWhoCanReplaceTheSocketAreWarnedOf();
    void lockOfAnotherUserIsExplained();
    void lockWithASecondNameIsLeftAlone();

private:
    Error listen(Listener &listener) const
    {
        return listener.listen(Endpoint::fromPath(m_path), {});
    }

    std::unique_ptr<PublicDirectory> m_directory;
    QString m_path;
};

void tst_SharedFolders::init()
{
    m_directory = std::make_unique<PublicDirectory>();
    m_path = m_directory->filePath(QStringLiteral("a.sock"));
}

static bool makeFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write("content") > 0;
}

void tst_SharedFolders::othersWhoCanReplaceTheSocketAreWarnedOf_data()
{
    QTest::addColumn<uid_t>("user");
    QTest::addColumn<gid_t>("group");
    QTest::addColumn<mode_t>("mode");
    QTest::addColumn<QString>("others");
    QTest::newRow("group") << uid_t(0) << gid_t(1234) << mode_t(0770)
                           << QStringLiteral("Every member of group 1234");
    QTest::newRow("group, sticky") << uid_t(0) << gid_t(1234) << mode_t(01770) << QString();
    QTest::newRow("group may only look") << uid_t(0) << gid_t(1234) << mode_t(0750) << QString();
    QTest::newRow("this user's own group") << uid_t(0) << gid_t(0) << mode_t(0770) << QString();
    QTest::newRow("owner") << uid_t(4321) << gid_t(0) << mode_t(0755)
                           << QStringLiteral("User 4321");
    QTest::newRow("owner, sticky")
            << uid_t(4321) << gid_t(0) << mode_t(01777) << QStringLiteral("User 4321");
}

// Also where it isn't the socket's own directory but the one above.
void tst_SharedFolders::othersWhoCanReplaceTheSocketAreWarnedOf()
{
    QFETCH(const uid_t, user);
    QFETCH(const gid_t, group);
    QFETCH(const mode_t, mode);
    QFETCH(const QString, others);
    if (::geteuid() != 0)
        QSKIP("Needs root, to give a directory to others");
    const QByteArray directory = QFile::encodeName(m_directory->path());
    QCOMPARE(::chown(directory.constData(), user, group), 0);
    QCOMPARE(::chmod(directory.constData(), mode), 0);
    const QByteArray below = directory + "/below";
    QCOMPARE(::mkdir(below.constData(), 0700), 0);
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    for (const QByteArray &where : {directory, below}) {
        const QString path = QFile::decodeName(where + "/a.sock");
        if (others.isEmpty()) {
            QTest::failOnWarning(QRegularExpression(QStringLiteral("can replace")));
        } else {
            QTest::ignoreMessage(QtWarningMsg,
                                 qPrintable(QStringLiteral("%1 can replace the socket %2, having "
                                                           "the right to write to the directory %3")
                                                    .arg(others, path, m_directory->path())));
        }
        QVERIFY(!listener->listen(Endpoint::fromPath(path), {}));
    }
}

// In a directory for all anybody may have made it first.
void tst_SharedFolders::lockOfAnotherUserIsExplained()
{
    if (::geteuid() != 0)
        QSKIP("Needs root, to give a file to another user");
    const QString lock = m_path + QStringLiteral(".lock");
    QVERIFY(makeFile(lock));
    QCOMPARE(::chown(QFile::encodeName(lock).constData(), OtherUser, OtherUser), 0);
    const QString text
            = QStringLiteral("the lock file %1 belongs to another user (uid %2), who has "
                             "to remove it; a directory of this user's own avoids that");
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    Error error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::PermissionDenied);
    QCOMPARE(error.message(), text.arg(lock).arg(OtherUser));

    // Where it can't even be opened.
    QCOMPARE(::chown(QFile::encodeName(lock).constData(), 0, 0), 0);
    QCOMPARE(::chmod(QFile::encodeName(lock).constData(), 0600), 0);
    QCOMPARE(::chmod(QFile::encodeName(m_directory->path()).constData(), 01777), 0);
    const AsOtherUser other;
    error = listen(*listener);
    QCOMPARE(error.code(), ErrorCode::PermissionDenied);
    QCOMPARE(error.message(), text.arg(lock).arg(0));
}

// It may be any file of this user's, which somebody has linked to in a directory for all.
void tst_SharedFolders::lockWithASecondNameIsLeftAlone()
{
    const QString precious = m_directory->filePath(QStringLiteral("precious"));
    QVERIFY(makeFile(precious));
    const QString lock = m_path + QStringLiteral(".lock");
    QCOMPARE(::link(QFile::encodeName(precious).constData(), QFile::encodeName(lock).constData()),
             0);
    const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
    QCOMPARE(listen(*listener).code(), ErrorCode::PathOccupied);
    QCOMPARE(QFile(precious).size(), 7);
    QVERIFY(QFile::exists(lock));
}

QTEST_GUILESS_MAIN(tst_SharedFolders)
#include "tst_sharedfolders.moc"
