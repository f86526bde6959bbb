// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/decoder_p.h"
#include "frame/fifo_p.h"
#include "frame/sendqueue_p.h"
#include "peer/receivemeter_p.h"
#include "session/session_p.h"
#include "transport/streamsocket_p.h"
#include "transport/waiter_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/frame.h>
#include <IpcPrims/receivelimits.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <memory>
#include <optional>

namespace IpcPrims {

/*!
    A Session over a connected socket, driven by calls that wait. What the frames mean to whoever
    receives them is BlockingPeerPrivate's business.

    The socket is given up when the session has ended. Frames that arrived before can still be
    taken. If the other side has brought the end about, what is queued is written first, by the
    calls that wait.
*/
class BlockingSession
{
public:
    BlockingSession(Session::Role role, const SessionSettings &settings,
                    const ReceiveLimits &limits, FileDescriptor socket);
    Q_DISABLE_COPY_MOVE(BlockingSession)

    const Session &session() const { return m_session; }
    const ReceiveLimits &receiveLimits() const { return m_limits; }
    void setReceiveLimits(const ReceiveLimits &limits);
    std::optional<QByteArray> takeAuthToken() { return m_session.takeAuthToken(); }
    /// Whether the handshake has succeeded; the session may have ended since.
    bool hasOpened() const { return !m_session.protocolVersion().isEmpty(); }
    bool hasEnded() const { return m_session.state() == Session::State::Ended; }
    /// Why the session has ended; no error after this side's own orderly shutdown.
    const Error &endError() const { return m_session.endReason(); }
    /// Why nothing more will be received; always an error.
    Error endReason() const;
    /// Why a frame can't be sent, if the session does not accept it.
    Error sendError(quint16 channel) const;

    /// Takes the next frame of what has arrived, if there is one. Control frames are dealt with.
    bool take(Frame *frame)
    {
        if (Q_UNLIKELY(m_owesAnswers))
            return false;
        if (Q_UNLIKELY(!m_arrived.empty()))
            return takeArrived(frame);
        // Without input, too, after a pause: decode() notices when that is over.
        return (m_decoder.isInUse() || Q_UNLIKELY(m_resumesAt)) && decode(frame);
    }

    /*!
        Waits until something has happened, and deals with it: take() is worth another try, or the
        session has ended, or it was time for something. To be called when take() has found nothing.
    */
    Waiter::Outcome wait(Waiter &waiter, const Deadline &deadline);

    /// Sends one frame, whose channel and size have been judged. See BlockingPeer::send().
    Error send(quint16 channel, const QByteArray &payload, Waiter &waiter,
               const Deadline &deadline);
    /// Keeps one frame for the next send, flush or wait.
    void gather(quint16 channel, const QByteArray &payload) { m_queue.enqueue(channel, payload); }
    /// As gather(), for what the other side brings about: once too many of these wait to be sent,
    /// nothing is taken until it has read some.
    void gatherAnswer(quint16 channel, const QByteArray &payload);
    qint64 bytesQueued() const { return m_queue.bytes(); }
    Error flush(Waiter &waiter, const Deadline &deadline);

    quint64 ping(std::chrono::milliseconds timeout);
    /// The outcome of the ping with this \a id, when it is known.
    const Session::PingEnded *pingEnded(quint64 id) const
    {
        return m_pingEnded.id == id ? &m_pingEnded : nullptr;
    }
    void shutDown(const QString &reason, std::chrono::milliseconds timeout);
    void abandon(const Error &reason);
    /// Ends what is overdue. Waiting does so by itself, but only when nothing arrives.
    void timePassed();

    // For those who wait for several sessions at once, during their handshakes.

    int socket() const { return m_socket.descriptor(); }
    short wantedEvents() const;
    /// Deals with what poll() has told of the socket.
    void handleEvents(short events);
    Deadline deadline() const { return m_session.deadline(); }
    bool isHandshaking() const { return m_session.state() == Session::State::Handshaking; }
    /// Whether grant() or refuse() has to be called, before anything else.
    bool isAuthorizing() const { return m_session.state() == Session::State::Authorizing; }
    const QList<quint16> &requestedChannels() const { return m_requestedChannels; }
    void grant(const QList<quint16> &channels);
    void refuse(const Error &reason);
    /// Deals with what has arrived. Frames that come with the handshake are kept as they are, but
    /// for the first one.
    void shakeHands();

private:
    bool decode(Frame *frame);
    bool takeArrived(Frame *frame);
    bool admits(const DecodedFrame &frame);
    bool isThrottled();
    void updateDebt();
    void readAhead();
    bool read();
    void endReading(const Error &error);

    void writeQueue();
    bool isDrained() const { return m_queue.isEmpty() || m_writeError; }
    void endIfDrained();
    qsizetype writeNow(quint16 channel, const QByteArray &payload);
    Error finishSending(Waiter &waiter, const Deadline &deadline);
    bool spin(Waiter &waiter, const Deadline &deadline);
    Waiter::Outcome waitFor(short events, Waiter &waiter, const Deadline &deadline);
    Waiter::Outcome waitToWrite(Waiter &waiter, const Deadline &deadline);
    Error whyNothingWasSent(Waiter::Outcome outcome) const;
    void failWriting(const IoResult &result);

    void processEvents();
    void handle(const Session::Send &event);
    void handle(const Session::AuthorizationAsked &event);
    void handle(const Session::Opened &event);
    void handle(const Session::ShutdownAsked &)
    {
        m_session.acknowledgeShutdown(Session::Clock::now());
    }
    void handle(const Session::Draining &event);
    void handle(const Session::PingEnded &event) { m_pingEnded = event; }
    void handle(const Session::Ended &event);

    Session m_session;
    ReceiveLimits m_limits;
    std::optional<ReceiveMeter> m_meter; // Of the open session, if there is a rate.
    Deadline m_resumesAt; // Until then the rate allows no more to be received.
    QList<quint16> m_requestedChannels; // If somebody is asked whether to grant them.
    StreamSocket m_socket;
    Session::PingEnded m_pingEnded;

    // What the decoder looks at, so it is never touched while that has input.
    std::unique_ptr<char[]> m_readBuffer;
    FrameDecoder m_decoder;
    bool m_isBulk = false; // The last frame was large.

    // Frames that were read while a send waited, so that the other side could go on.
    Fifo<Frame> m_arrived;
    qint64 m_arrivedBytes = 0;
    bool m_isReading = true; // Not when too many have come that way.

    // Of frames that leave later: the rest of one that has begun, control frames, and gathered
    // ones.
    SendQueue m_queue;
    bool m_owesAnswers = false; // More than may wait to be sent:
    quint16 m_answerChannel = 0;
    Error m_writeError; // Nothing can be sent any more.
    bool m_hasLostFrames = false; // The session has ended before the queue was written.
};

} // namespace IpcPrims
