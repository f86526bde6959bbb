// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/turntime_p.h"
#include "peer/chunkqueue_p.h"
#include "peer/sessionobserver_p.h"

#include <IpcPrims/error.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

#include <optional>

namespace IpcPrims {

class Peer;

/*!
    The writing half of a ChannelDevice: cuts a stream into frames and hands them to the peer as
    that takes them, with an empty one at the end. A child of the peer, so that it may outlive the
    device until all is handed over. Signals come from the event loop only.

    A stream of which not all was accepted that was offered doesn't end as a whole one does: the
    reader is told that it was cut.
*/
class StreamSender : public QObject, private SessionObserver
{
    Q_OBJECT

public:
    StreamSender(Peer *peer, quint16 channel);
    ~StreamSender() override;

    /// Accepts as much of \a bytes as leaves at most \a limit waiting here, and says how much that
    /// is; -1 if nothing can be sent any more.
    qint64 write(QByteArrayView bytes, qint64 limit);
    /// Hands over now what otherwise waits for more to come, to the end of this event loop turn.
    void flush();
    /// Nothing follows: the end mark is to be sent.
    void finish();
    /// finish(), and goes when that is done.
    void finishAndDelete();
    /// Nothing follows, not even what waits, and the reader is told.
    void cut();
    /// Says to the reader how much will follow; before the first write().
    void announceSize(qint64 bytes);

    qint64 bytesWaiting() const { return m_queue.size(); }
    qint64 bytesAccepted() const { return m_bytesAccepted; }
    /// How many the peer has taken.
    qint64 bytesSent() const { return m_bytesSent; }
    /// Whether the peer has the end mark.
    bool isFinished() const { return m_isEndHandedOver; }

    /// Whether the frame is a mark for whoever writes: that the other side wants no more of a
    /// stream of this side, which then was cut, or one that nobody knows.
    static bool takeMark(Peer *peer, quint16 channel, QByteArrayView payload);

Q_SIGNALS:
    /// The peer has taken that many.
    void handedOver(qint64 bytes);
    /// What waits will never be sent.
    void failed(const IpcPrims::Error &error);
    /// It is another stream's turn on the channel. May come more than once.
    void over();

private:
    // SessionObserver
    void sessionEnded(const Error &reason) override;
    void sessionClosing() override
    {
        m_isBlocked = false;
        flush();
    }
    void readyToSend(quint16 channel) override;
    void peerDestroyed(const std::optional<Error> &) override { m_isPeerGone = true; }

    enum class Amount { FullChunks, Everything };
    void handOver(Amount amount, std::optional<TurnShare> share = std::nullopt);
    void sendFrames(Amount amount, std::optional<TurnShare> share);
    bool sendFirst();
    void sendEnd();
    bool sendFrame(const QByteArray &payload);
    bool sendMark(const QByteArray &payload);
    bool noteSent(const Error &error);
    void stop();
    void fail(const Error &error);
    void goOn();
    void goOnLater();
    bool waitsForAnother() const;
    /// Whether the peer has the end mark, or never will.
    bool isOver() const { return m_isEndHandedOver || (m_error && !m_isCut); }

    Peer *const m_peer;
    const quint16 m_channel;
    QPointer<StreamSender> m_predecessor; // The stream before this one on the channel.
    ChunkQueue m_queue;
    bool m_isFinishing = false;
    bool m_isEndHandedOver = false;
    bool m_isHandingOver = false;
    bool m_isBlocked = false; // Until the peer is ready to send.
    bool m_deletesItself = false;
    bool m_isPeerGone = false;

    qint64 m_bytesAccepted = 0;
    qint64 m_bytesSent = 0;
    qint64 m_bytesRefused = 0; // Which were offered, and not again since.
    qint64 m_announcedSize = -1;
    bool m_isSizeDue = false;
    bool m_isCut = false;
    bool m_isCutHandedOver = false;
    bool m_isFirstBegun = false; // Its first byte was sent alone.

    // To be told.
    bool m_isGoingOnDue = false;
    qint64 m_bytesHandedOver = 0;
    Error m_error;
    bool m_isErrorTold = false;
};

} // namespace IpcPrims
