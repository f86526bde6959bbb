// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/crossthreadsender_p.h"

#include "frame/header_p.h"
#include "peer/peer_p.h"
#include "peer/validation_p.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace IpcPrims {

// So many small frames take about as long as a few looks at the clock.
static constexpr int FramesPerLook = 16;

static qint64 sizeOf(const SendQueue::Frame &frame)
{
    return FrameHeader::Size + frame.payload.size();
}

static Error notConnectedError()
{
    return Error(ErrorCode::NotConnected, QStringLiteral("not connected"));
}

CrossThreadSender::CrossThreadSender(PeerPrivate *peer)
    : m_peer(peer)
    , m_mailbox(peer->q, [this] { sendWaiting(TurnShare(FramesPerLook)); })
{}

CrossThreadSender::~CrossThreadSender()
{
    m_mailbox.close();
}

void CrossThreadSender::setTerms(std::optional<Terms> terms)
{
    const std::lock_guard lock(m_mutex);
    m_terms = std::move(terms);
}

Error CrossThreadSender::send(quint16 channel, const QByteArray &payload)
{
    const Error error = judge(channel, payload);
    return error ? error : take({channel, payload});
}

// The validator works in the caller's thread, and without the lock.
Error CrossThreadSender::judge(quint16 channel, const QByteArray &payload)
{
    std::shared_ptr<const PayloadValidator> validator;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_terms)
            return notConnectedError();
        if (!m_terms->channels.contains(channel)) {
            return m_terms->agreement.unsupportedError(channel);
        }
        validator = m_terms->validator;
    }
    if (channel == Channel::Command) {
        if (const char *const user = m_commandUser.load(std::memory_order_relaxed))
            return ChannelHandlers::takenError(channel, {nullptr, user, true});
    }
    return checkOutgoing(validator.get(), channel, payload);
}

Error CrossThreadSender::take(SendQueue::Frame frame)
{
    const std::lock_guard lock(m_mutex);
    if (!m_terms) // The session has ended while the validator worked.
        return notConnectedError();
    m_isUsed.store(true, std::memory_order_relaxed);
    if (m_bytes >= m_terms->highWaterMark) {
        if (std::find(m_refused.begin(), m_refused.end(), frame.channel) == m_refused.end())
            m_refused.push_back(frame.channel);
        return Error(ErrorCode::QueueFull,
                     QStringLiteral("%1 bytes from other threads wait to be sent (high-water mark "
                                    "%2): send again after readyToSend()")
                             .arg(m_bytes)
                             .arg(m_terms->highWaterMark));
    }
    m_bytes += sizeOf(frame);
    m_mailbox.put(std::move(frame));
    return {};
}

void CrossThreadSender::takeArrived()
{
    const std::lock_guard lock(m_mutex);
    std::vector<SendQueue::Frame> arrived = m_mailbox.take();
    std::move(arrived.begin(), arrived.end(), std::back_inserter(m_waiting));
}

void CrossThreadSender::sendWaiting()
{
    sendWaiting(std::nullopt);
}

void CrossThreadSender::sendWaiting(std::optional<TurnShare> share)
{
    // Else a validator has led here; what has just arrived comes after all others.
    if (m_isSending || !m_isUsed.load(std::memory_order_relaxed))
        return;
    m_isSending = true;
    takeArrived();
    Sent sent;
    std::vector<quint16> channels;
    for (const auto &[channel, frames] : m_held)
        channels.push_back(channel);
    bool goesOn = true;
    for (const quint16 channel : channels) {
        while (goesOn && sendHeld(channel, &sent))
            goesOn = !share || !share->spend();
    }
    while (goesOn && sendFirst(&sent))
        goesOn = !share || !share->spend();
    if (!goesOn)
        m_mailbox.ring();
    m_isSending = false;
    release(sent.bytes);
    m_peer->reportReady(takeReady());
    m_peer->reportNotSent(std::move(sent.refused));
}

// Whether there may be more of that channel to send.
bool CrossThreadSender::sendHeld(quint16 channel, Sent *sent)
{
    // Looked for each time, as a validator may end the session.
    const auto held = m_held.find(channel);
    if (held == m_held.end() || !m_peer->sendsFrames())
        return false;
    SendQueue::Frame frame = std::move(held->second.front());
    held->second.pop_front();
    if (held->second.empty())
        m_held.erase(held);
    const bool isGone = send(frame, sent);
    if (!isGone)
        m_held[channel].push_front(std::move(frame));
    return isGone;
}

// Whether there may be more to send. Each frame is looked at once, however many wait for room.
bool CrossThreadSender::sendFirst(Sent *sent)
{
    if (m_waiting.empty() || !m_peer->sendsFrames())
        return false;
    SendQueue::Frame frame = std::move(m_waiting.front());
    m_waiting.pop_front();
    const quint16 channel = frame.channel;
    if (m_held.count(channel) > 0 || !send(frame, sent))
        m_held[channel].push_back(std::move(frame));
    return true;
}

// Whether the peer has taken or refused the frame. If not there is no room for it, or no session.
bool CrossThreadSender::send(const SendQueue::Frame &frame, Sent *sent)
{
    const Error error = sendNow(frame);
    if (error.code() == ErrorCode::QueueFull || error.code() == ErrorCode::NotConnected)
        return false;
    sent->bytes += sizeOf(frame);
    if (error)
        sent->refused.push_back(frame);
    return true;
}

// Meanwhile this side may have begun to make requests, which then have the channel.
Error CrossThreadSender::sendNow(const SendQueue::Frame &frame)
{
    if (frame.channel == Channel::Command) {
        if (const Error error = m_peer->commandError())
            return error;
    }
    return m_peer->send(frame.channel, frame.payload);
}

std::vector<SendQueue::Frame> CrossThreadSender::takeAll()
{
    if (!m_isUsed.load(std::memory_order_relaxed)) // After setTerms(), whose lock says so.
        return {};
    takeArrived();
    std::vector<SendQueue::Frame> frames;
    const auto takeFrom = [&frames](Fifo<SendQueue::Frame> &waiting) {
        std::move(waiting.begin(), waiting.end(), std::back_inserter(frames));
    };
    for (auto &[channel, held] : std::exchange(m_held, {}))
        takeFrom(held); // Older than what follows of the same channel.
    takeFrom(m_waiting);
    m_waiting.clear();
    qint64 bytes = 0;
    for (const SendQueue::Frame &frame : frames)
        bytes += sizeOf(frame);
    release(bytes);
    return frames;
}

std::vector<quint16> CrossThreadSender::takeFull()
{
    if (!m_isUsed.load(std::memory_order_relaxed))
        return {};
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_refused, {});
}

void CrossThreadSender::release(qint64 bytes)
{
    const std::lock_guard lock(m_mutex);
    m_bytes -= bytes;
}

// The channels on which there is room again.
std::vector<quint16> CrossThreadSender::takeReady()
{
    const std::lock_guard lock(m_mutex);
    if (!m_terms || m_bytes > m_terms->highWaterMark / 4)
        return {};
    return std::exchange(m_refused, {});
}

} // namespace IpcPrims
