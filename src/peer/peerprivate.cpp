// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/peer_p.h"

#include "frame/devicestream_p.h"
#include "transport/transportfactory_p.h"

#include <QtCore/qpointer.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace IpcPrims {

// Answers to the other side's pings that it doesn't read.
static constexpr qint64 MaxUnreadControlBytes = 64 * 1024;

PeerPrivate::PeerPrivate(Peer *peer)
    : q(peer)
    , m_timer(peer)
{
    m_timer.setSingleShot(true);
    QObject::connect(&m_timer, &QTimer::timeout, q, [this] { onTimer(); });
}

PeerPrivate::~PeerPrivate()
{
    const Error gone(ErrorCode::Cancelled, QStringLiteral("the peer was destroyed"));
    for (auto &[id, promise] : m_pings) {
        promise.addResult(PingReply{gone, {}});
        promise.finish();
    }
}

// Calls of the application

void PeerPrivate::acceptConnection(Connection connection, const SessionSettings &serverSettings)
{
    settings = serverSettings;
    m_reportedState = state = Peer::State::Handshaking;
    startSession(Session::Role::Server, std::move(connection));
}

void PeerPrivate::connectTo(const Endpoint &endpoint)
{
    prepareAttempt();
    m_endpoint = endpoint;
}

void PeerPrivate::connectOver(std::unique_ptr<QIODevice> device)
{
    prepareAttempt();
    m_device = std::move(device);
}

void PeerPrivate::prepareAttempt()
{
    if (isAttemptDue()) {
        // Replaced before it began; there is nothing to report of it.
        m_endpoint.reset();
        m_device.reset();
    } else {
        abort(Error(ErrorCode::Cancelled, QStringLiteral("replaced by another connection")));
    }
    state = Peer::State::Connecting;
    reportLater();
}

void PeerPrivate::close(const QString &reason)
{
    if (state == Peer::State::Open) {
        state = Peer::State::Closing;
        session->shutDown(reason, Session::Clock::now());
        processEvents();
        reportLater();
    } else if (state != Peer::State::Closing) {
        abort({});
    }
}

void PeerPrivate::abort(const Error &reason)
{
    if (state == Peer::State::Closed)
        return;
    m_endpoint.reset();
    m_device.reset();
    dropConnection();
    if (session && session->state() != Session::State::Ended)
        session->abandon(reason);
    else
        m_unreportedEnd = reason;
    state = Peer::State::Closed;
    reportLater();
}

void PeerPrivate::setReceiving(bool receiving)
{
    isReceiving = receiving;
    if (link && state != Peer::State::Handshaking)
        link->setReceiving(receiving);
}

Error PeerPrivate::send(quint16 channel, const QByteArray &payload)
{
    if (Q_LIKELY(session && session->acceptsSend(channel)))
        return link->send(channel, payload);
    if (!session || state == Peer::State::Connecting)
        return Error(ErrorCode::NotConnected, QStringLiteral("not connected"));
    return session->sendError(channel);
}

QFuture<PingReply> PeerPrivate::ping(std::chrono::milliseconds timeout)
{
    QPromise<PingReply> promise;
    QFuture<PingReply> future = promise.future();
    promise.start();
    if (state == Peer::State::Open) {
        const quint64 id = session->ping(Session::Clock::now(), timeout);
        m_pings.emplace(id, std::move(promise));
        processEvents();
    } else {
        promise.addResult(PingReply{send(Channel::Control, {}), {}});
        promise.finish();
    }
    return future;
}

// Making a connection

void PeerPrivate::beginAttempt()
{
    const std::optional<Endpoint> endpoint = std::exchange(m_endpoint, std::nullopt);
    std::unique_ptr<QIODevice> device = std::move(m_device);

    if (const Error error = settings.validate()) {
        finish(error);
        return;
    }
    if (device) {
        auto stream
                = std::make_unique<DeviceStream>(device.release(), DeviceStream::Ownership::Owned);
        startSession(Session::Role::Client, {std::move(stream), std::nullopt});
        return;
    }
    m_connector = makeConnector(transport);
    QObject::connect(m_connector.get(), &Connector::connected, q,
                     [this](const std::shared_ptr<Connection> &connection) {
                         m_connector.release()->deleteLater();
                         startSession(Session::Role::Client, std::move(*connection));
                     });
    QObject::connect(m_connector.get(), &Connector::failed, q,
                     [this](const Error &error) { finish(error); });
    m_connector->start(*endpoint, settings.handshakeTimeout);
}

void PeerPrivate::startSession(Session::Role role, Connection connection)
{
    credentials = connection.credentials;
    session.emplace(role, settings);
    link = std::make_unique<FrameLink>(std::move(connection.stream), this);
    link->setParent(q); // To follow it into another thread.
    link->setHighWaterMark(sendHighWaterMark);
    link->setMaxPayloadSize(session->maxPayloadSize());
    link->start();

    session->start(Session::Clock::now());
    processEvents();
    changeState(Peer::State::Handshaking);
}

// What the connection brings

void PeerPrivate::frameDecoded(DecodedFrame &frame)
{
    if (Q_LIKELY(session->delivers(frame.channel()))) {
        Q_EMIT q->frameReceived(frame.channel(), frame.takePayload());
        return;
    }
    session->receive(frame.channel(), frame.payload(), Session::Clock::now());
    processEvents();
}

void PeerPrivate::linkEnded(const Error &error)
{
    session->streamEnded(error);
    processEvents();
}

void PeerPrivate::readyToSend()
{
    m_isReadyToSendDue = true;
    reportLater();
}

void PeerPrivate::processEvents()
{
    const QPointer<Peer> alive(q);
    Session::Event event;
    while (session->takeEvent(&event)) {
        std::visit([this](const auto &one) { handle(one); }, event);
        if (!alive)
            return;
    }
    updateTimer();
}

void PeerPrivate::handle(const Session::Send &event)
{
    if (!link)
        return;
    if (event.isLast) {
        link->sendLast(Channel::Control, event.payload);
        return;
    }
    link->sendControl(Channel::Control, event.payload);
    if (link->queue().controlBytes() > MaxUnreadControlBytes) {
        session->abandon(Error(ErrorCode::ProtocolViolation,
                               QStringLiteral("control frame flood detected: the other side leaves "
                                              "%1 bytes of answers unread")
                                       .arg(link->queue().controlBytes())));
    }
}

void PeerPrivate::handle(const Session::Opened &)
{
    const QPointer<Peer> alive(q);
    link->setMaxPayloadSize(session->maxPayloadSize());
    link->setReceiving(isReceiving);
    changeState(Peer::State::Open);
    if (alive && state == Peer::State::Open)
        Q_EMIT q->connected();
}

void PeerPrivate::handle(const Session::ShutdownAsked &event)
{
    const QPointer<Peer> alive(q);
    changeState(Peer::State::Closing);
    if (alive)
        Q_EMIT q->shutdownRequested(event.reason);
}

void PeerPrivate::handle(const Session::PingEnded &event)
{
    auto node = m_pings.extract(event.id);
    if (node.empty())
        return;
    node.mapped().addResult(PingReply{event.error, event.roundTripTime});
    node.mapped().finish();
}

void PeerPrivate::handle(const Session::Ended &event)
{
    finish(event.reason);
}

// Reports

void PeerPrivate::reportLater()
{
    if (!std::exchange(m_isReportDue, true))
        QMetaObject::invokeMethod(
                q, [this] { report(); }, Qt::QueuedConnection);
}

void PeerPrivate::report()
{
    const QPointer<Peer> alive(q);
    m_isReportDue = false;

    if (session)
        processEvents();
    if (alive && m_unreportedEnd)
        finish(*std::exchange(m_unreportedEnd, std::nullopt));
    if (alive)
        changeState(state);
    if (alive && std::exchange(m_isReadyToSendDue, false) && state == Peer::State::Open)
        Q_EMIT q->readyToSend();
    if (alive && isAttemptDue())
        beginAttempt();
}

void PeerPrivate::changeState(Peer::State newState)
{
    state = newState;
    if (std::exchange(m_reportedState, newState) != newState)
        Q_EMIT q->stateChanged(newState);
}

void PeerPrivate::finish(const Error &reason)
{
    const QPointer<Peer> alive(q);
    dropConnection();
    disconnectReason = reason;
    changeState(isAttemptDue() ? Peer::State::Connecting : Peer::State::Closed);
    if (alive)
        Q_EMIT q->disconnected(reason);
}

// The objects may be in the middle of a call that led here.
template<typename Object>
static void retire(std::unique_ptr<Object> &object)
{
    if (object)
        object.release()->deleteLater();
}

void PeerPrivate::dropConnection()
{
    if (link)
        link->close();
    retire(link);
    if (m_connector)
        m_connector->disconnect(q);
    retire(m_connector);
    m_timer.stop();
}

// Time

void PeerPrivate::updateTimer()
{
    const std::optional<Session::Instant> deadline = session->deadline();
    if (!deadline) {
        m_timer.stop();
        return;
    }
    const auto left
            = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Session::Clock::now());
    m_timer.start(std::max(left, std::chrono::milliseconds::zero()));
}

void PeerPrivate::onTimer()
{
    session->timePassed(Session::Clock::now(), link ? link->queue().bytes() : 0);
    processEvents();
}

} // namespace IpcPrims
