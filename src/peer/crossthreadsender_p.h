// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/fifo_p.h"
#include "frame/sendqueue_p.h"
#include "frame/turntime_p.h"
#include "peer/mailbox_p.h"
#include "session/channelagreement_p.h"
#include "session/channelset_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace IpcPrims {

class PeerPrivate;

/*!
    Takes frames from threads other than the peer's own, and sends them in its thread, in the order
    in which each thread has handed them over. What can be known is judged at once, so that the
    caller learns of it; what the peer has to refuse later is reported by framesNotSent().
*/
class CrossThreadSender
{
    Q_DISABLE_COPY_MOVE(CrossThreadSender)

public:
    explicit CrossThreadSender(PeerPrivate *peer);
    ~CrossThreadSender();

    /// From any thread.
    Error send(quint16 channel, const QByteArray &payload);

    // In the peer's thread

    /// What callers are judged by while there is a session.
    struct Terms
    {
        ChannelSet channels;
        ChannelAgreement agreement; // For errors.
        std::shared_ptr<const PayloadValidator> validator;
        qint64 highWaterMark = 0; // In bytes that have not reached the peer's queue yet.
    };
    void setTerms(std::optional<Terms> terms);
    /// Who has COMMAND for itself, so that the application may send nothing there; nullptr if
    /// nobody has. Told for each request that is alone, so it takes no lock.
    void setCommandUser(const char *name) { m_commandUser.store(name, std::memory_order_relaxed); }

    /// Sends what there is room for. The peer is to report which frames could not be sent, and
    /// where there is room again. At the end of a session everything stays here.
    void sendWaiting();
    /// What was accepted and not sent; once there are no terms any more nothing will follow.
    std::vector<SendQueue::Frame> takeAll();
    /// The channels on which somebody waits for readyToSend().
    std::vector<quint16> takeFull();

private:
    Error judge(quint16 channel, const QByteArray &payload);
    Error take(SendQueue::Frame frame);
    /// What became of frames.
    struct Sent
    {
        qint64 bytes = 0;
        std::vector<SendQueue::Frame> refused; ///< To be reported.
    };

    void sendWaiting(std::optional<TurnShare> share);
    bool sendHeld(quint16 channel, Sent *sent);
    bool sendFirst(Sent *sent);
    bool send(const SendQueue::Frame &frame, Sent *sent);
    Error sendNow(const SendQueue::Frame &frame);
    void takeArrived();
    void release(qint64 bytes);
    std::vector<quint16> takeReady();

    PeerPrivate *const m_peer;
    // In the peer's thread already.
    bool m_isSending = false;
    Fifo<SendQueue::Frame> m_waiting;
    // Those of channels without room, by channel, so that nobody looks at them again before there
    // is some; others pass them.
    std::map<quint16, Fifo<SendQueue::Frame>> m_held;

    std::atomic<const char *> m_commandUser = nullptr;
    // Whether another thread has ever sent. Else, as mostly, nothing below is looked at; whoever
    // has just sent is found in the mailbox.
    std::atomic<bool> m_isUsed = false;
    std::mutex m_mutex; // Of what follows.
    Mailbox<SendQueue::Frame> m_mailbox;
    std::optional<Terms> m_terms;
    qint64 m_bytes = 0; // In the mailbox or waiting.
    std::vector<quint16> m_refused; // Channels whose callers wait for readyToSend().
};

} // namespace IpcPrims
