// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/localsocketlistener_p.h"

#include "transport/incominglocalsocket_p.h"
#include "transport/logging_p.h"
#include "transport/peercredentials_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qregularexpression.h>
#include <QtNetwork/qlocalserver.h>

#include <chrono>
#include <optional>
#include <utility>

#ifdef Q_OS_LINUX
#    include "transport/forkguard_p.h"
#    include "transport/systemerror_p.h"
#    include "transport/unixsocket_p.h"

#    include <cerrno>
#    include <fcntl.h>
#else
#    include "transport/pipename_p.h"
#endif

namespace IpcPrims {

using namespace std::chrono_literals;

static constexpr std::chrono::milliseconds WatchInterval = 500ms;

// Most connections that are held while accepting is off, where it can't be.
static constexpr qsizetype MaxHeld = 128;

class LocalSocketListener::Server final : public QLocalServer
{
public:
    explicit Server(LocalSocketListener *listener)
        : m_listener(listener)
    {}

#ifdef Q_OS_LINUX
    /// The listening socket's own one is \a descriptor.
    void guard(int descriptor)
    {
        m_guard.emplace(descriptor);
    }
#endif

    /// Whether it has closed itself; on Windows it then still says that it is listening.
    bool hasFailed() const
    {
        return !isListening() || serverError() != QAbstractSocket::UnknownSocketError;
    }

protected:
    void incomingConnection(quintptr descriptor) override
    {
        m_listener->enqueue(std::make_shared<IncomingLocalSocket>(qintptr(descriptor)));
    }

private:
    LocalSocketListener *const m_listener;
#ifdef Q_OS_LINUX
    std::optional<ForkGuard> m_guard;
#endif
};

LocalSocketListener::LocalSocketListener(QObject *parent)
    : Listener(parent)
{
    m_watch.setInterval(WatchInterval);
    connect(&m_watch, &QTimer::timeout, this, &LocalSocketListener::lookAfterServer);
}

LocalSocketListener::~LocalSocketListener()
{
    TurnTime::ofThisThread().forget(this);
    close();
}

Error LocalSocketListener::listen(const Endpoint &endpoint, const ListenOptions &options)
{
    close();
    m_endpoint = endpoint;
    if (const Error error = open(options)) {
        close();
        return error;
    }
    m_isListening = true;
    m_watch.start();
    return Error();
}

#ifdef Q_OS_LINUX

Error LocalSocketListener::open(const ListenOptions &options)
{
    if (const Error error = m_socket.open(m_endpoint, options))
        return error;
    return m_isAccepting ? startServer() : Error();
}

// QLocalServer asks the descriptor that it is given for its path, and removes whatever is at that
// path when it closes. So it gets a descriptor with a meaningless abstract name, which only then
// becomes one of the listening socket.
Error LocalSocketListener::startServer()
{
    FileDescriptor descriptor = openStreamSocket();
    const sockaddr anyName = {AF_UNIX, {}};
    if (!descriptor.isValid() || ::bind(descriptor.get(), &anyName, sizeof(sa_family_t)) != 0) {
        const int reason = errno;
        return Error::fromNative(
                errorCodeFor(reason),
                QStringLiteral("can't accept connections to %1").arg(m_endpoint.path()), reason);
    }
    const int number = descriptor.release();
    m_server = std::make_unique<Server>(this);
    m_server->listen(qintptr(number));
    ::dup3(m_socket.descriptor(), number, O_CLOEXEC);
    m_server->guard(number);
    return Error();
}

#else

Error LocalSocketListener::open(const ListenOptions &)
{
    if (const Error error = m_endpoint.validate())
        return error;
    // The system would let any number of servers share the name.
    if (isPipeServed(m_endpoint.path())) {
        return Error(ErrorCode::AddressInUse,
                     QStringLiteral("another server is listening at %1").arg(m_endpoint.path()));
    }
    return startServer();
}

Error LocalSocketListener::startServer()
{
    m_server = std::make_unique<Server>(this);
    // Without an option everybody could read.
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    if (m_server->listen(m_endpoint.path()))
        return Error();
    const ErrorCode code = m_server->serverError() == QAbstractSocket::SocketAccessError
                                   ? ErrorCode::PermissionDenied
                                   : ErrorCode::SystemError;
    return Error(code, QStringLiteral("can't listen at %1: %2")
                               .arg(m_endpoint.path(), m_server->errorString()));
}

#endif

bool LocalSocketListener::isListening() const
{
#ifdef Q_OS_LINUX
    return m_isListening && m_socket.isOpen();
#else
    return m_isListening;
#endif
}

void LocalSocketListener::close()
{
    m_isListening = false;
    m_isFailing = false;
    m_watch.stop();
    m_server.reset();
#ifdef Q_OS_LINUX
    m_socket.close();
#endif
    m_accepted.clear();
}

void LocalSocketListener::setAccepting(bool accepting)
{
    if (m_isAccepting == accepting) {
        lookAfterServer(); // Whoever comes back to this may have given a descriptor free.
        return;
    }
    m_isAccepting = accepting;
    if (!m_isListening)
        return;
    stopServer();
    if (accepting) {
        lookAfterServer(); // For the first time, or again in a while if that fails.
        QMetaObject::invokeMethod(this, &LocalSocketListener::deliver, Qt::QueuedConnection);
    }
}

// Clients wait in the system's backlog from now on.
void LocalSocketListener::stopServer()
{
#ifdef Q_OS_LINUX
    // Elsewhere the endpoint would vanish, so there connections are held until they are wanted.
    m_server.reset();
#endif
}

static Error acceptFailure(const Endpoint &endpoint, const QString &reason)
{
    const QString what
            = QStringLiteral("can't accept connections to %1 for now").arg(endpoint.path());
#ifdef Q_OS_LINUX
    // What QLocalServer has no text for, it says as "Unknown error" and the system's number.
    static const QRegularExpression number(QStringLiteral("\\d+$"));
    if (const QRegularExpressionMatch match = number.match(reason); match.hasMatch()) {
        const int nativeError = match.captured().toInt();
        return Error::fromNative(errorCodeFor(nativeError), what, nativeError);
    }
#endif
    return Error(ErrorCode::ResourcesExhausted, what + QStringLiteral(": ") + reason);
}

void LocalSocketListener::lookAfterServer()
{
    if (!m_isAccepting || m_waitsForTurn || !isListening() || (m_server && !m_server->hasFailed()))
        return;
    Error error;
    // Without a text, a client had gone again before it could be accepted.
    if (m_server && !m_server->errorString().isEmpty())
        error = acceptFailure(m_endpoint, m_server->errorString());
    if (const Error startError = startServer())
        error = startError;
    if (error && !std::exchange(m_isFailing, true)) {
        logAcceptError(error);
        // Later, as calls of the application lead here.
        QMetaObject::invokeMethod(
                this, [this, error] { Q_EMIT acceptError(error); }, Qt::QueuedConnection);
    }
}

// Handed out from the event loop, because QLocalServer could not bear to be closed by a slot now.
void LocalSocketListener::enqueue(const std::shared_ptr<IncomingConnection> &connection)
{
    m_isFailing = false;
    if (m_accepted.size() >= MaxHeld)
        return; // Which closes it.
    m_accepted.append(connection);
    QMetaObject::invokeMethod(this, &LocalSocketListener::deliver, Qt::QueuedConnection);
}

void LocalSocketListener::deliver()
{
    const QPointer<LocalSocketListener> alive(this);
    TurnTime &time = TurnTime::ofThisThread();
    while (alive && !m_waitsForTurn && m_isAccepting && !m_accepted.isEmpty()) {
        if (time.isOver()) {
            m_waitsForTurn = true;
            time.wait(this);
            stopServer(); // It doesn't know of turns, and there is no end to those it would accept.
            return;
        }
        handOver(m_accepted.takeFirst());
        time.spend();
    }
    if (alive && !m_server)
        lookAfterServer();
}

void LocalSocketListener::turnCame()
{
    m_waitsForTurn = false;
    deliver();
}

void LocalSocketListener::handOver(const std::shared_ptr<IncomingConnection> &connection)
{
    if (m_endpoint.isAbstract() && !isThisUser(connection->credentials)) {
        logForeignUser(m_endpoint);
        return;
    }
    Q_EMIT connectionAccepted(connection);
}

} // namespace IpcPrims
