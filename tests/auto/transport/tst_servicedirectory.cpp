// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include <QtCore/qfile.h>

#include <array>
#include <cstdlib>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace IpcPrims;

namespace {

constexpr uid_t User = 1234;
constexpr uid_t Stranger = 4321;

/// Something that a system has.
struct Object
{
    QByteArray path;
    uid_t owner = User;
    mode_t mode = 0700;
    QByteArray content = {}; ///< Of a file; without any it is a directory.
};

using Objects = QList<Object>;
using Environment = QList<std::pair<QByteArray, QByteArray>>;

const Environment InSnap = {{"SNAP", "/snap/app/1"}, {"SNAP_USER_COMMON", "/home/u/snap/common"}};
const Environment InFlatpak = {{"XDG_RUNTIME_DIR", "/run/u"}, {"FLATPAK_ID", "org.example.App"}};
const Environment InSession = {{"XDG_RUNTIME_DIR", "/run/u"}};

Object snapYaml(const QByteArray &confinement)
{
    return {"/snap/app/1/meta/snap.yaml", 0, 0644, "name: app\n" + confinement + "grade: stable\n"};
}
const Object FlatpakInfo = {"/.flatpak-info", 0, 0644, "[Application]\n"};

} // namespace

Q_DECLARE_METATYPE(Objects)
Q_DECLARE_METATYPE(Environment)

// Where the sockets of services lie, by what the environment says and by what holds: in a child
// process with another root directory and another user, so that nothing of this system counts.
class tst_ServiceDirectory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void onlyWhatHoldsIsBelieved_data();
    void onlyWhatHoldsIsBelieved();
    void serviceAlwaysFits_data();
    void serviceAlwaysFits();
    void longServiceNameIsHashed();
    void rootLeavesNothingInAUsersDirectory();

private:
    struct Outcome
    {
        QByteArray path;
        bool isListening = false;
    };
    Outcome runAs(uid_t user, const Objects &objects, const Environment &environment,
                  const QString &name = QStringLiteral("a"));

    std::unique_ptr<PublicDirectory> m_root;
};

void tst_ServiceDirectory::initTestCase()
{
    if (::geteuid() != 0)
        QSKIP("Needs root, for another root directory");
}

static void makeObject(const QByteArray &root, const Object &object)
{
    for (qsizetype slash = object.path.indexOf('/', 1); slash > 0;
         slash = object.path.indexOf('/', slash + 1))
        ::mkdir((root + object.path.left(slash)).constData(), 0755);
    const QByteArray path = root + object.path;
    if (object.content.isEmpty()) {
        ::mkdir(path.constData(), 0700);
    } else {
        QFile file(QFile::decodeName(path));
        if (!file.open(QIODevice::WriteOnly) || file.write(object.content) < 0)
            qFatal("A test can't write a file");
    }
    if (::chown(path.constData(), object.owner, object.owner) != 0
        || ::chmod(path.constData(), object.mode) != 0)
        qFatal("A test can't give a file away");
}

tst_ServiceDirectory::Outcome tst_ServiceDirectory::runAs(uid_t user, const Objects &objects,
                                                          const Environment &environment,
                                                          const QString &name)
{
    m_root = std::make_unique<PublicDirectory>();
    const QByteArray root = QFile::encodeName(m_root->path());
    makeObject(root, {"/tmp", 0, 01777});
    for (const Object &object : objects)
        makeObject(root, object);

    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0)
        return {};
    const pid_t child = ::fork();
    if (child == 0) {
        if (::chroot(root.constData()) != 0 || ::chdir("/") != 0 || ::setgid(user) != 0
            || ::setuid(user) != 0)
            ::_exit(1);
        ::clearenv();
        for (const auto &[variable, value] : environment)
            qputenv(variable.constData(), value);
        const Endpoint endpoint = Endpoint::forService(name);
        const std::unique_ptr<Listener> listener = makeListener(Transport::Native);
        const bool isListening = !listener->listen(endpoint, {});
        const QByteArray text = (isListening ? '1' : '0') + endpoint.nativeAddress();
        ::_exit(::write(ends[1], text.constData(), size_t(text.size())) == text.size() ? 0 : 1);
    }
    ::close(ends[1]);
    std::array<char, 4096> text;
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    if (waitForChild(child) != 0 || size <= 0)
        return {};
    return {QByteArray(text.data() + 1, size - 1), text[0] == '1'};
}

void tst_ServiceDirectory::onlyWhatHoldsIsBelieved_data()
{
    QTest::addColumn<Objects>("objects");
    QTest::addColumn<Environment>("environment");
    QTest::addColumn<QByteArray>("directory");

    const QByteArray inSnap = "/home/u/snap/common/ipcprims";
    const QByteArray inFlatpak = "/run/u/app/org.example.App/ipcprims";
    const QByteArray inSession = "/run/u/ipcprims";
    const QByteArray ofUser = "/run/user/1234/ipcprims";
    const QByteArray inTmp = "/tmp/ipcprims-1234";
    const Object common = {"/home/u/snap/common", User, 0755};
    const Object session = {"/run/u"};
    const Object shared = {"/run/u/app/org.example.App"};

    QTest::newRow("nothing") << Objects() << Environment() << inTmp;

    QTest::newRow("snap") << Objects{snapYaml("confinement: strict\n"), common} << InSnap << inSnap;
    QTest::newRow("snap before the session")
            << Objects{snapYaml({}), common, session} << InSnap + InSession << inSnap;
    QTest::newRow("snap that is no sandbox")
            << Objects{snapYaml("confinement: classic\n"), common} << InSnap << inTmp;
    QTest::newRow("snap that isn't there") << Objects{common} << InSnap << inTmp;
    QTest::newRow("snap without its variable")
            << Objects{snapYaml({}), common} << Environment{InSnap[1]} << inTmp;
    QTest::newRow("snap without its directory") << Objects{snapYaml({})} << InSnap << inTmp;
    QTest::newRow("snap of another user")
            << Objects{snapYaml({}), {common.path, Stranger, 0777}} << InSnap << inTmp;
    QTest::newRow("snap that others can write to")
            << Objects{snapYaml({}), {common.path, User, 0775}} << InSnap << inTmp;

    QTest::newRow("flatpak") << Objects{FlatpakInfo, session, shared} << InFlatpak << inFlatpak;
    QTest::newRow("flatpak from outside") << Objects{session, shared} << InFlatpak << inSession;
    QTest::newRow("flatpak without its directory")
            << Objects{FlatpakInfo, session} << InFlatpak << inSession;
    QTest::newRow("flatpak of another user")
            << Objects{FlatpakInfo, session, {shared.path, Stranger, 0777}} << InFlatpak
            << inSession;
    for (const char *const id : {"..", "../x", "a/b", ""}) {
        QTest::addRow("flatpak called '%s'", id)
                << Objects{FlatpakInfo, session, {"/run/u/app/a/b"}, {"/run/u/x"}}
                << Environment{InSession[0], {"FLATPAK_ID", id}} << inSession;
    }

    QTest::newRow("session") << Objects{session} << InSession << inSession;
    QTest::newRow("session with a slash")
            << Objects{session} << Environment{{"XDG_RUNTIME_DIR", "/run/u//"}} << inSession;
    QTest::newRow("session of another user")
            << Objects{{session.path, Stranger, 0777}} << InSession << inTmp;
    QTest::newRow("session that others can write to")
            << Objects{{session.path, User, 0770}} << InSession << inTmp;
    QTest::newRow("session that others can look into")
            << Objects{{session.path, User, 0755}} << InSession << inTmp;
    QTest::newRow("session that isn't there") << Objects() << InSession << inTmp;
    QTest::newRow("session that is a file")
            << Objects{{session.path, User, 0700, "x"}} << InSession << inTmp;
    QTest::newRow("relative session")
            << Objects{session} << Environment{{"XDG_RUNTIME_DIR", "run/u"}} << inTmp;

    QTest::newRow("user") << Objects{{"/run/user/1234"}} << Environment() << ofUser;
    QTest::newRow("user instead of another's session")
            << Objects{{"/run/user/1234"}, {session.path, Stranger}} << InSession << ofUser;
    QTest::newRow("user's directory made by another")
            << Objects{{"/run/user/1234", Stranger, 0777}} << Environment() << inTmp;

    const Environment temporary = {{"TMPDIR", "/var/tmp/"}};
    QTest::newRow("TMPDIR") << Objects{{"/var/tmp", 0, 01777}} << temporary
                            << QByteArray("/var/tmp/ipcprims-1234");
    QTest::newRow("own TMPDIR") << Objects{{"/var/tmp", User, 0755}} << temporary
                                << QByteArray("/var/tmp/ipcprims-1234");
    QTest::newRow("another user's TMPDIR")
            << Objects{{"/var/tmp", Stranger, 01777}} << temporary << inTmp;
    QTest::newRow("TMPDIR without the sticky bit")
            << Objects{{"/var/tmp", 0, 0777}} << temporary << inTmp;
    QTest::newRow("TMPDIR that isn't there") << Objects() << temporary << inTmp;
}

void tst_ServiceDirectory::onlyWhatHoldsIsBelieved()
{
    QFETCH(const Objects, objects);
    QFETCH(const Environment, environment);
    QFETCH(const QByteArray, directory);
    const Outcome outcome = runAs(User, objects, environment);
    QCOMPARE(outcome.path, directory + "/a.sock");
    QVERIFY(outcome.isListening);
    // The service's directory, and nothing else, was made.
    const struct stat made = statOf(m_root->path() + QFile::decodeName(directory));
    QCOMPARE(made.st_mode & 07777, mode_t(0700));
    QCOMPARE(made.st_uid, User);
}

void tst_ServiceDirectory::serviceAlwaysFits_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<int>("length");
    for (const char *const variable : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
        for (const int length : {60, 70, 73, 74, 75, 76, 80, 90, 107, 200})
            QTest::addRow("%s of %d bytes", variable, length) << QByteArray(variable) << length;
    }
}

void tst_ServiceDirectory::serviceAlwaysFits()
{
    QFETCH(const QByteArray, variable);
    QFETCH(const int, length);
    const QByteArray directory = '/' + QByteArray(length - 1, 'd');
    for (const int nameLength : {1, 40, 200}) {
        const Outcome outcome = runAs(User, {{directory}}, {{variable, directory}},
                                      QString(nameLength, QLatin1Char('n')));
        QVERIFY2(outcome.path.size() <= qsizetype(sizeof(sockaddr_un::sun_path)) - 2,
                 outcome.path.constData());
        QVERIFY2(outcome.isListening, outcome.path.constData());
    }
}

// Clients and servers of different releases have to agree on the name.
void tst_ServiceDirectory::longServiceNameIsHashed()
{
    const QString stem = QStringLiteral("org.example.") + QString(200, QLatin1Char('x'));
    const QByteArray one = runAs(1000, {{"/run/user/1000", 1000}}, {}, stem + u'1').path;
    QCOMPARE(one, "/run/user/1000/ipcprims/org.example." + QByteArray(48, 'x')
                          + "-5431d8bd79d9af17.sock");
    // So that every transport takes it.
    QCOMPARE(one.size(), qsizetype(sizeof(sockaddr_un::sun_path)) - 2);
    QVERIFY(one != runAs(1000, {{"/run/user/1000", 1000}}, {}, stem + u'2').path);
}

// Who once was root with a user's environment (sudo -E) must not keep the user's services from
// starting.
void tst_ServiceDirectory::rootLeavesNothingInAUsersDirectory()
{
    const Outcome outcome = runAs(0, {{"/run/u"}}, InSession);
    QCOMPARE(outcome.path, QByteArray("/tmp/ipcprims-0/a.sock"));
    QVERIFY(outcome.isListening);
    QCOMPARE(statOf(m_root->path() + QStringLiteral("/run/u/ipcprims")).st_ino, ino_t(0));
}

QTEST_GUILESS_MAIN(tst_ServiceDirectory)
#include "tst_servicedirectory.moc"
