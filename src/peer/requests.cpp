// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/requests_p.h"

#include "frame/limitedlog_p.h"
#include "peer/logging_p.h"
#include "peer/peer_p.h"
#include "peer/peerlog_p.h"
#include "peer/requeststate_p.h"
#include "peer/sessionobserver_p.h"
#include "session/peername_p.h"

#include <IpcPrims/protocol.h>

#include <utility>

namespace IpcPrims {

// Somebody may be waiting who deletes the peer now, so this is always the last that is done.
static void finish(QPromise<Reply> promise, const Reply &reply)
{
    promise.addResult(reply);
    promise.finish();
}

Requests::Requests(PeerPrivate *peer)
    : m_peer(peer)
    , m_deadlines(peer->q)
{
    QObject::connect(&m_deadlines, &DeadlineTimer::passed, peer->q,
                     [this](quint64 number) { onDeadline(number); });
}

Requests::~Requests()
{
    if (m_mailbox)
        m_mailbox->close();
}

bool Requests::take(DecodedFrame &frame)
{
    switch (frame.channel()) {
    case Channel::Command:
        if (!m_asked.isEmpty()) {
            const QByteArray payload = frame.takePayload();
            resolveFirst({Error(), payload});
            return true;
        }
        if (m_handler) {
            if (!m_answers.isStuck()) // Else it can't be answered, and the session is ending.
                receive(frame.takePayload());
            return true;
        }
        return false;
    case Channel::Error:
        return takeFailure(frame.payload());
    default:
        return false;
    }
}

bool Requests::isFailure(quint16 channel) const
{
    return m_peer->answersFailedRequests && channel == Channel::Command && m_asked.isEmpty()
           && m_handler;
}

void Requests::takeInvalid(quint16 channel, const QString &text)
{
    if (channel != Channel::Command)
        return;
    if (!m_asked.isEmpty()) {
        resolveFirst({Error(ErrorCode::ValidationFailed, text), {}});
    } else if (m_handler) {
        m_answers.put({m_answers.expect(0), true, text.toUtf8()});
        sendAnswers();
    }
}

void Requests::drop(const Error &error)
{
    if (const auto mailbox = std::exchange(m_mailbox, nullptr))
        mailbox->close();
    m_answers = AnswerQueue();
    m_waitsForRoom = m_isFull = m_holdsBack = false; // The connection is gone.

    m_deadlines.clear();
    RequestQueue asked = std::exchange(m_asked, RequestQueue());
    noteUser();
    while (!asked.isEmpty()) {
        if (auto promise = asked.takeFirst().promise)
            m_ended.emplace_back(std::move(*promise), error);
    }
}

void Requests::finishFirstEnded()
{
    auto [promise, error] = std::move(m_ended.front());
    m_ended.pop_front();
    finish(std::move(promise), {error, {}});
}

// What this side asks

QFuture<Reply> Requests::ask(const QByteArray &payload, std::chrono::milliseconds timeout)
{
    QPromise<Reply> promise;
    QFuture<Reply> future = promise.future();
    promise.start();
    Error error = askError();
    if (!error)
        error = m_peer->send(Channel::Command, payload);
    if (error) {
        finish(std::move(promise), {error, {}});
        return future;
    }
    const Deadline deadline = deadlineAfter(timeout);
    m_asked.append({deadline, timeout, std::move(promise)});
    noteUser();
    m_deadlines.add(deadline, m_asked.lastNumber());
    return future;
}

// Why nothing can be asked.
Error Requests::askError() const
{
    if (m_handler)
        return ChannelHandlers::takenError(Channel::Command, *user());
    const auto other = m_asked.isEmpty() ? m_peer->channelUser(Channel::Command) : std::nullopt;
    if (other && other->isAlone)
        return ChannelHandlers::takenError(Channel::Command, *other);
    return m_asked.checkRoom();
}

void Requests::resolveFirst(const Reply &reply)
{
    const quint64 number = m_asked.firstNumber();
    RequestQueue::Entry entry = m_asked.takeFirst();
    noteUser();
    resolve(number, std::move(entry), reply);
}

void Requests::resolve(quint64 number, RequestQueue::Entry entry, const Reply &reply)
{
    if (!entry.promise)
        return; // The answer came too late.
    m_deadlines.remove(entry.deadline, number);
    finish(std::move(*entry.promise), reply);
}

bool Requests::takeFailure(QByteArrayView payload)
{
    if (m_asked.isEmpty())
        return false;
    const auto failure = RequestFailure::fromJson(payload);
    auto entry = failure ? m_asked.take(failure->request) : std::nullopt;
    if (!entry)
        return false;
    noteUser();
    resolve(failure->request, std::move(*entry), failure->toReply());
    return true;
}

void Requests::onDeadline(quint64 number)
{
    if (auto entry = m_asked.giveUp(number)) {
        const Error error(ErrorCode::Timeout,
                          QStringLiteral("no answer to a request within %1 ms; the other side owes "
                                         "%2 in all")
                                  .arg(entry->timeout.count())
                                  .arg(m_asked.size()));
        finish(std::move(*entry->promise), {error, {}});
    }
}

// What this side answers

std::optional<ChannelUser> Requests::user() const
{
    if (m_handler)
        return ChannelUser{this, "a request handler", true};
    if (!m_asked.isEmpty())
        return ChannelUser{this, "requests that wait for their answers", true};
    return std::nullopt;
}

// For threads that send on COMMAND.
void Requests::noteUser()
{
    const auto now = user();
    m_peer->fromOtherThreads.setCommandUser(now ? now->what : nullptr);
}

Error Requests::setHandler(Peer::RequestHandler handler)
{
    if (handler && !m_handler) {
        if (const auto other = m_peer->channelUser(Channel::Command))
            return ChannelHandlers::takenError(Channel::Command, *other);
    }
    auto next
            = handler ? std::make_shared<const Peer::RequestHandler>(std::move(handler)) : nullptr;
    // What the previous one has captured may be the last to hold the peer.
    const auto previous = std::exchange(m_handler, std::move(next));
    noteUser();
    return {};
}

void Requests::receive(const QByteArray &payload)
{
    if (!m_mailbox) {
        m_mailbox = std::make_shared<Mailbox<Answer>>(m_peer->q, [this] { deliverAnswers(); });
    }
    const quint64 number = m_answers.expect(payload.size());
    updateHold();
    const auto handler = m_handler; // which may replace itself, and delete the peer
    (*handler)(Request(std::make_shared<RequestState>(number, payload, m_mailbox)));
}

void Requests::applyLimits()
{
    m_isFull = false; // Half of another limit means nothing.
    updateHold();
}

// Whoever asks faster than this side answers, or than it reads the answers, is held back: until
// half of it is gone, so that reading isn't turned on and off for each request.
void Requests::updateHold()
{
    const RequestLimits &limits = m_peer->requestLimits;
    const qsizetype count = m_isFull ? (limits.count + 1) / 2 : limits.count;
    const qint64 bytes = m_isFull ? (limits.bytes + 1) / 2 : limits.bytes;
    const bool isFull = m_answers.size() >= count || m_answers.bytes() >= bytes;
    if (isFull && !m_isFull)
        PeerLog::requestsHeldBack(*m_peer->session, m_answers.size(), m_answers.bytes());
    m_isFull = isFull;
    const bool holdsBack = isFull || m_waitsForRoom;
    if (std::exchange(m_holdsBack, holdsBack) != holdsBack)
        m_peer->holdBack(this, holdsBack);
}

void Requests::deliverAnswers()
{
    takeAnswers();
    sendAnswers();
}

void Requests::takeAnswers()
{
    if (!m_mailbox)
        return;
    for (Answer &answer : m_mailbox->take())
        m_answers.put(std::move(answer));
}

void Requests::sendAllAnswers()
{
    takeAnswers();
    if (std::exchange(m_isSending, true))
        return;
    sendAnswers(nullptr);
    m_isSending = false;
}

// The other side would take the next answer for that of the failed request.
void Requests::endWithout(const Answer &answer)
{
    const Session &session = *m_peer->session;
    const QString why = session.acceptsSend(Channel::Error)
                                ? QStringLiteral("answersFailedRequests is off")
                                : QStringLiteral("the session has no channel 4 (ERROR)");
    const QString text
            = QStringLiteral("request %1 failed, which its sender can't learn otherwise: "
                             "%2")
                      .arg(QString::number(answer.request), why);
    static LimitedLog log(lcPeer(), QtWarningMsg);
    if (log.isEnabled())
        log.write(QStringLiteral("session %1 is closed: %2")
                          .arg(quotedSessionName(session.peerId(), session.peerName()), text));
    m_answers.stick();
    m_peer->closeBecauseOf(Error(ErrorCode::RequestFailed, text));
}

// A validator may put an answer, and end the session.
void Requests::sendAnswers()
{
    if (m_isSending)
        return;
    m_isSending = true;
    m_waitsForRoom = false;
    TurnShare share;
    sendAnswers(&share);
    m_isSending = false;
    updateHold();
}

void Requests::sendAnswers(TurnShare *share)
{
    while (const Answer *const answer = m_answers.next()) {
        const Outcome outcome = send(*answer);
        if (m_answers.next() != answer)
            return;
        switch (outcome) {
        case Outcome::Settled:
            m_answers.pop();
            if (share && share->spend() && m_answers.next()) {
                QMetaObject::invokeMethod(
                        m_peer->q, [this] { sendAnswers(); }, Qt::QueuedConnection);
                return;
            }
            break;
        case Outcome::NoRoom:
            m_waitsForRoom = true;
            return;
        case Outcome::Impossible:
            endWithout(*answer);
            break;
        }
    }
}

Requests::Outcome Requests::send(const Answer &answer)
{
    if (answer.isFailure)
        return sendFailure({answer.request, answer.payload});
    const Error error = m_peer->send(Channel::Command, answer.payload);
    switch (error.code()) {
    case ErrorCode::QueueFull:
        return Outcome::NoRoom;
    case ErrorCode::ValidationFailed:
    case ErrorCode::PayloadTooLarge:
        return sendFailure({answer.request, "no valid answer: " + error.message().toUtf8()});
    default: // It has been sent, or the session is ending.
        return Outcome::Settled;
    }
}

Requests::Outcome Requests::sendFailure(const RequestFailure &failure)
{
    if (!m_peer->session->acceptsSend(Channel::Command))
        return Outcome::Settled; // The session is ending.
    if (!m_peer->answersFailedRequests || !m_peer->session->acceptsSend(Channel::Error))
        return Outcome::Impossible;
    const Error error = m_peer->enqueue(Channel::Error, failure.toJson());
    return error.code() == ErrorCode::QueueFull ? Outcome::NoRoom : Outcome::Settled;
}

} // namespace IpcPrims
