// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/transportfactory_p.h"

#include <IpcPrims/endpoint.h>
#include <IpcPrims/ipcprimsnamespace.h>

#include <QtCore/qstring.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <sys/stat.h>
#include <sys/types.h>

// What the tests of this layer share. All of it works on the process itself, so that a test can
// make the system refuse things.

/// The user that plays the other one where a test is run by root.
inline constexpr uid_t OtherUser = 65534;

/// A data row for each transport that this system has.
void addTransportRows();

/// A directory that everybody can look into, removed with the object.
class PublicDirectory
{
public:
    PublicDirectory();
    QString filePath(const QString &name) const { return m_directory.filePath(name); }
    QString path() const { return m_directory.path(); }
    /// A path in the directory that has \a length bytes.
    QString pathOfLength(qsizetype length) const;
    QStringList entries() const;

private:
    QTemporaryDir m_directory;
};

/// Leaves a socket at \a path that nobody listens on.
void makeDeadSocket(const QString &path);

/// A stream socket that is bound to \a path and doesn't listen.
int bindSocket(const QString &path);

/// Whether a connection to \a path is made, or waits to be accepted, at once.
bool connectsTo(const QString &path);

/// What lstat() says; a mode of 0 if nothing is there.
struct stat statOf(const QString &path);

/// Reads once from \a stream, as soon as there is something, or the end.
IpcPrims::ByteStream::Result readSome(IpcPrims::ByteStream &stream, std::span<char> target,
                                      std::span<char> overflow = {});

/// One attempt to connect, and what came of it.
struct Attempt final : IpcPrims::Connector::Listener
{
    explicit Attempt(IpcPrims::Transport transport)
        : connector(IpcPrims::makeConnector(transport, this))
    {}

    void connectorSucceeded(IpcPrims::Connection made) override
    {
        connection = std::move(made);
        ++reportCount;
        if (onReport)
            onReport();
    }
    void connectorFailed(const IpcPrims::Error &reason) override
    {
        error = reason;
        ++reportCount;
    }

    // Runs the event loop until there is an outcome, and a little longer.
    void run(const IpcPrims::Endpoint &endpoint,
             std::chrono::milliseconds timeout = std::chrono::seconds(30))
    {
        connector->start(endpoint, timeout);
        QTRY_VERIFY_WITH_TIMEOUT(reportCount > 0, 30000);
        QTest::qWait(0);
        QCOMPARE(reportCount, 1);
    }

    std::unique_ptr<IpcPrims::Connector> connector;
    std::optional<IpcPrims::Connection> connection;
    IpcPrims::Error error;
    int reportCount = 0;
    std::function<void()> onReport;
};

/// The processor time that this process has used, in milliseconds.
qint64 processorTime();

/// Makes the process act as another user while it exists; needs root.
class AsOtherUser
{
    Q_DISABLE_COPY_MOVE(AsOtherUser)

public:
    AsOtherUser();
    ~AsOtherUser();
};

/// Sets the umask while it exists.
class Umask
{
    Q_DISABLE_COPY_MOVE(Umask)

public:
    explicit Umask(mode_t mask)
        : m_previous(::umask(mask))
    {}
    ~Umask() { ::umask(m_previous); }

private:
    const mode_t m_previous;
};

/*!
    Runs \a action, which may only make system calls, in a child process of another user and returns
    what it returned, a number from 0 to 127. Needs root.
*/
template<typename Action>
int asChildOfOtherUser(Action action);

int waitForChild(pid_t child);
pid_t forkAsOtherUser();

template<typename Action>
int asChildOfOtherUser(Action action)
{
    const pid_t child = forkAsOtherUser();
    if (child == 0)
        ::_exit(action());
    return waitForChild(child);
}
