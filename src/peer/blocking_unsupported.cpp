// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Stands in for blockingpeerprivate.cpp, blockingpeerframes.cpp and blockinglistenerprivate.cpp
// where no socket can be polled together with a cancellation, as on Windows: nothing can be
// connected or listened to.

#include "frame/spin_p.h"
#include "peer/blockinglistener_p.h"
#include "peer/blockingpeer_p.h"

namespace IpcPrims {

static Error unsupported()
{
    return Error(ErrorCode::Unsupported,
                 QStringLiteral("blocking peers are not available on this operating system"));
}

static Error notConnected()
{
    return Error(ErrorCode::NotConnected, QStringLiteral("not connected"));
}

class BlockingSession
{};

class Waiter
{
public:
    Spin spin; // Only a setting.
};

BlockingPeerPrivate::BlockingPeerPrivate()
    : m_waiter(std::make_unique<Waiter>())
{}
BlockingPeerPrivate::~BlockingPeerPrivate() = default;

Error BlockingPeerPrivate::connectTo(const Endpoint &)
{
    return unsupported();
}

Error BlockingPeerPrivate::shutDown(const QString &, std::chrono::milliseconds)
{
    return notConnected();
}

void BlockingPeerPrivate::abort() {}

BlockingPeer::State BlockingPeerPrivate::state() const
{
    return BlockingPeer::State::Closed;
}

std::optional<QByteArray> BlockingPeerPrivate::takeAuthToken()
{
    return std::nullopt;
}

Error BlockingPeerPrivate::send(quint16, const QByteArray &, std::chrono::milliseconds)
{
    return notConnected();
}

Error BlockingPeerPrivate::gather(quint16, const QByteArray &)
{
    return notConnected();
}

Error BlockingPeerPrivate::flush(std::chrono::milliseconds)
{
    return notConnected();
}

Error BlockingPeerPrivate::receive(Frame *, std::chrono::milliseconds)
{
    return notConnected();
}

Error BlockingPeerPrivate::receiveOn(quint16, Frame *, std::chrono::milliseconds)
{
    return notConnected();
}

Reply BlockingPeerPrivate::request(const QByteArray &, std::chrono::milliseconds)
{
    return {notConnected(), {}};
}

PingReply BlockingPeerPrivate::ping(std::chrono::milliseconds)
{
    return {notConnected(), {}};
}

void BlockingPeerPrivate::setReceiveLimits(const ReceiveLimits &limits)
{
    m_receiveLimits = limits;
}

std::chrono::microseconds BlockingPeerPrivate::spinTime() const
{
    return m_waiter->spin.limit();
}

void BlockingPeerPrivate::setSpinTime(std::chrono::microseconds time)
{
    m_waiter->spin.setLimit(time);
}

void BlockingPeerPrivate::cancel() {}
void BlockingPeerPrivate::clearCancellation() {}

Error BlockingListenerPrivate::listen(const Endpoint &)
{
    return unsupported();
}

Error BlockingListenerPrivate::accept(BlockingPeerPrivate *, std::chrono::milliseconds)
{
    return Error(ErrorCode::NotConnected, QStringLiteral("not listening"));
}

void BlockingListenerPrivate::close() {}

bool BlockingListenerPrivate::isListening() const
{
    return false;
}

void BlockingListenerPrivate::cancel() {}
void BlockingListenerPrivate::clearCancellation() {}

} // namespace IpcPrims
