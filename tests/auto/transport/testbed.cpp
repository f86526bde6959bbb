// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "testbed.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <cstring>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace IpcPrims;

void addTransportRows()
{
    QTest::addColumn<Transport>("transport");
    QTest::newRow("native") << Transport::Native;
    QTest::newRow("localsocket") << Transport::LocalSocket;
}

PublicDirectory::PublicDirectory()
{
    ::chmod(QFile::encodeName(m_directory.path()).constData(), 0755);
}

QString PublicDirectory::pathOfLength(qsizetype length) const
{
    const qsizetype rest = length - QFile::encodeName(path()).size() - 1;
    return filePath(QString(rest, QLatin1Char('x')));
}

QStringList PublicDirectory::entries() const
{
    return QDir(path()).entryList(QDir::AllEntries | QDir::System | QDir::Hidden
                                  | QDir::NoDotAndDotDot);
}

static sockaddr_un addressOf(const QString &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    std::memcpy(address.sun_path, name.constData(), size_t(name.size()));
    return address;
}

int bindSocket(const QString &path)
{
    const sockaddr_un address = addressOf(path);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address)) != 0)
        qFatal("A test can't bind %s", qPrintable(path));
    return descriptor;
}

void makeDeadSocket(const QString &path)
{
    ::close(bindSocket(path));
}

bool connectsTo(const QString &path)
{
    const sockaddr_un address = addressOf(path);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int result
            = ::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address));
    ::close(descriptor);
    return result == 0;
}

struct stat statOf(const QString &path)
{
    struct stat found = {};
    if (::lstat(QFile::encodeName(path).constData(), &found) != 0)
        return {};
    return found;
}

ByteStream::Result readSome(ByteStream &stream, std::span<char> target, std::span<char> overflow)
{
    ByteStream::Result result;
    const bool isReady = QTest::qWaitFor(
            [&] {
                result = stream.read(target, overflow);
                return result.status != ByteStream::Status::WouldBlock;
            },
            30000);
    return isReady ? result : ByteStream::Result{ByteStream::Status::WouldBlock, 0};
}

qint64 processorTime()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
           + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

AsOtherUser::AsOtherUser()
{
    if (::seteuid(OtherUser) != 0)
        qFatal("A test can't become another user");
}

AsOtherUser::~AsOtherUser()
{
    if (::seteuid(0) != 0)
        qFatal("A test can't become root again");
}

pid_t forkAsOtherUser()
{
    const pid_t child = ::fork();
    if (child == 0 && ::setuid(OtherUser) != 0)
        ::_exit(127);
    return child;
}

int waitForChild(pid_t child)
{
    int status = 0;
    // With the event loop running, as the child may talk to this process.
    const bool hasEnded
            = QTest::qWaitFor([&] { return ::waitpid(child, &status, WNOHANG) == child; }, 30000);
    return hasEnded && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
