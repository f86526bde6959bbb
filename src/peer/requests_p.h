// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/decoder_p.h"
#include "frame/turntime_p.h"
#include "peer/answerqueue_p.h"
#include "peer/channelhandlers_p.h"
#include "peer/deadlinetimer_p.h"
#include "peer/mailbox_p.h"
#include "peer/requestfailure_p.h"
#include "peer/requestqueue_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/protocol.h>
#include <IpcPrims/reply.h>
#include <IpcPrims/request.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qfuture.h>
#include <QtCore/qpromise.h>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace IpcPrims {

class PeerPrivate;

/// How many requests of the other side may be without an answer that has left, and how many bytes
/// they may take together with their answers. With more than that nothing is received.
struct RequestLimits
{
    qsizetype count = DefaultRequestLimit;
    qint64 bytes = DefaultRequestBytesLimit;
};

/*!
    Requests on COMMAND, those that a peer makes and those that it gets. Both sides of it last for a
    session: the next one starts with nothing.
*/
class Requests
{
    Q_DISABLE_COPY_MOVE(Requests)

public:
    explicit Requests(PeerPrivate *peer);
    ~Requests();

    QFuture<Reply> ask(const QByteArray &payload, std::chrono::milliseconds timeout);

    Error setHandler(Peer::RequestHandler handler);

    /// Who has COMMAND: whoever answers requests, or expects answers. Nobody if neither does.
    std::optional<ChannelUser> user() const;

    /// Whether the frame was an answer or a request, which then was dealt with.
    bool take(DecodedFrame &frame);
    /// The same for a frame on ERROR only.
    bool takeFailure(QByteArrayView payload);
    /// Settles what a frame was meant to be that the validator has refused; \a text says why.
    void takeInvalid(quint16 channel, const QString &text);
    /// Whether such a frame is a request, of whose failure the other side is told.
    bool isFailure(quint16 channel) const;

    /// Sends the answers whose turn it is, as far as there is room.
    void sendAnswers();
    /// The same at the end of the session, after which nothing can be sent in a later turn; also
    /// those that other threads have given.
    void sendAllAnswers();
    /// To be called when the peer's limits have changed.
    void applyLimits();

    /// Nothing that was asked is answered any more, by either side: \a error is why. Those who wait
    /// learn it from finishFirstEnded(), one after the other, as there may be many.
    void drop(const Error &error);
    bool hasEnded() const { return !m_ended.empty(); }
    /// Whoever waits may delete the peer.
    void finishFirstEnded();

private:
    enum class Outcome {
        Settled,
        NoRoom, ///< Until there is, the answer waits.
        Impossible, ///< The other side can't be told.
    };

    void noteUser();
    Error askError() const;
    void resolveFirst(const Reply &reply);
    void resolve(quint64 number, RequestQueue::Entry entry, const Reply &reply);
    void onDeadline(quint64 number);

    void receive(const QByteArray &payload);
    void deliverAnswers();
    void takeAnswers();
    void sendAnswers(TurnShare *share); // None for all at once.
    void updateHold();
    Outcome send(const Answer &answer);
    Outcome sendFailure(const RequestFailure &failure);
    void endWithout(const Answer &answer);

    PeerPrivate *const m_peer;

    // Of this side
    RequestQueue m_asked;
    DeadlineTimer m_deadlines;
    std::deque<std::pair<QPromise<Reply>, Error>> m_ended; // To be finished.

    // Of the other side
    std::shared_ptr<const Peer::RequestHandler> m_handler;
    std::shared_ptr<Mailbox<Answer>> m_mailbox; // Of this session.
    AnswerQueue m_answers;
    bool m_isSending = false;
    bool m_waitsForRoom = false; // To send the next answer.
    bool m_isFull = false;
    bool m_holdsBack = false; // For one of these reasons.
};

} // namespace IpcPrims
