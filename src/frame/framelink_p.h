// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/bytestream_p.h"
#include "frame/decoder_p.h"
#include "frame/sendqueue_p.h"
#include "frame/turnend_p.h"
#include "frame/turntime_p.h"

#include <IpcPrims/error.h>

#include <QtCore/qbasictimer.h>
#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace IpcPrims {

class ReadBuffer;

/// How many bytes of one channel may wait to be sent; from `high` on no more are accepted, until
/// there are as few as `low`.
struct WaterMarks
{
    qint64 high = MaxPayloadSize;
    qint64 low = MaxPayloadSize / 4;

    /// How many of the \a queued bytes of a channel have to go for the next frame.
    qint64 excess(SlowPeerPolicy policy, qint64 queued) const
    {
        if (policy == SlowPeerPolicy::KeepLatest)
            return queued;
        return policy == SlowPeerPolicy::DropOldest ? std::max<qint64>(0, queued - (high - 1)) : 0;
    }

    /// The nearest marks that make sense: room comes before the queue is full again.
    static WaterMarks bounded(qint64 high, qint64 low);
};

/*!
    Moves frames over a byte stream: the engine under Framer and Peer. Reads as much per turn of the
    event loop as its budget and TurnTime allow and delivers every whole frame; gathers what is
    sent.

    When frames leave: the first one of an event loop turn at once, and so the answer to a frame
    that came alone; those that follow it together at the end of the turn, when 64 KiB have come
    together, or at flush(). While frames that came together are delivered, all wait for the last of
    these.

    A sink's function may do anything, run an event loop or discard the link included. So may the
    slots of an application's device that the stream writes to or reads from: what they ask for is
    queued, and done when the call of the device has returned.
*/
class IPCPRIMS_AUTOTEST_EXPORT FrameLink : public QObject,
                                           private ByteStream::Listener,
                                           private TurnEnd::Listener,
                                           private TurnTime::Waiter
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FrameLink)

public:
    /// Who is told what happens; a plain interface because a frame costs less than a signal.
    class Sink
    {
    public:
        virtual void frameDecoded(DecodedFrame &frame) = 0;
        /*!
            No more frames will come; every one that arrived was delivered. No error means that the
            stream ended between two frames. Called once, and not after close() or drain(), one of
            which is expected now.
        */
        virtual void linkEnded(const Error &error) = 0;
        /// What drain() has left to be written was, or can't be. Comes from the event loop only.
        virtual void linkDrained() {}
        /// After send() has answered QueueFull: there is room again on that channel, or no use in
        /// waiting for it. Comes from the event loop only.
        virtual void readyToSend(quint16 channel) = 0;
        /// bytesToWrite() has changed, if setQueueWatched() asks for it: once for each batch that
        /// was written, not for each frame. May come from inside any call.
        virtual void queueChanged() {}

    protected:
        ~Sink() = default;
    };

    /// Discards a link: closes it at once, and deletes it as soon as none of its functions runs.
    struct Discard
    {
        void operator()(FrameLink *link) const { link->discard(); }
    };
    using Pointer = std::unique_ptr<FrameLink, Discard>;

    /// When frames leave.
    enum class Writing {
        AtOnce, ///< As said above.
        Later, ///< Only from the event loop and in flush(), never from inside send().
    };

    static Pointer make(std::unique_ptr<ByteStream> stream, Sink *sink,
                        Writing writing = Writing::AtOnce);

    /// The largest payload that may be sent.
    qint64 maxSendSize() const { return m_maxSendSize; }
    void setMaxSendSize(qint64 bytes) { m_maxSendSize = bytes; }
    /// What may be received; it may be changed from frameDecoded(), too.
    void setReceiveLimits(const PayloadLimits &limits) { m_decoder.setPayloadLimits(limits); }

    /// Counts the times that the link was told to read: what it delivers in one of them arrived
    /// together.
    quint32 turn() const { return m_turn; }

    /// Starts to listen to the stream, which will say that bytes are there already.
    void start();

    /*!
        Queues a frame, or says why not: PayloadTooLarge, NotConnected once the stream has failed,
        QueueFull once the channel has reached the high-water mark, until it has fallen to the
        low-water mark. The frame that reaches the mark is still accepted.
    */
    Error send(quint16 channel, const QByteArray &payload);
    enum class Leaving {
        WhenDue, ///< As with send().
        AtTurnEnd, ///< Nothing is written before: for one of many links that are sent it at once.
    };
    /// As send(), but \a policy may make room first; \a dropped says how many frames went for
    /// it. Disconnect is left to the caller.
    Error send(quint16 channel, const QByteArray &payload, SlowPeerPolicy policy, Leaving leaving,
               qsizetype *dropped);
    /// Queues a frame on CONTROL, whatever the queue holds.
    void sendControl(const QByteArray &payload);
    /// As sendControl(), but the frame leaves after everything else that is accepted.
    void sendLast(const QByteArray &payload);
    void flush();

    const SendQueue &queue() const { return m_queue; }
    void setQueueWatched(bool isWatched) { m_isQueueWatched = isWatched; }
    /// What was accepted and the operating system has not taken yet.
    qint64 bytesToWrite() const
    {
        const qint64 taken = m_queue.bytesTaken();
        return m_queue.bytes() - taken + std::min(taken, m_stream->bytesToWrite());
    }

    /// Queues a frame that was accepted before, whatever the queue holds.
    void sendAccepted(quint16 channel, const QByteArray &payload);

    /// As if send() had answered QueueFull for \a channel, which somebody else did before.
    void noteFull(quint16 channel);
    /// The channels for which readyToSend() is still to come, and won't any more.
    std::vector<quint16> takeFull();
    WaterMarks waterMarks() const { return m_waterMarks; }
    void setWaterMarks(WaterMarks marks);

    bool isReceiving() const { return m_isReceiving; }
    void setReceiving(bool receiving);

    /// The frames that were accepted and will not leave, as the stream has failed or was closed.
    std::vector<SendQueue::Frame> takeUnsent();

    /*!
        Reads no more, accepts no more, and writes what is queued, all that goes at once. Whether
        there is more of it, so that linkDrained() will be called.
    */
    bool drain();

    /// Closes the stream at once, with whatever is queued. The sink hears nothing any more.
    void close();
    bool isOpen() const { return !m_isEnded; }
    /// Whether what is queued still has a chance to leave.
    bool canSend() const { return !m_isEnded && !m_hasWriteFailed; }
    /// Whether more may be queued.
    bool acceptsFrames() const { return m_acceptsFrames; }

private:
    FrameLink(std::unique_ptr<ByteStream> stream, Sink *sink, Writing writing);
    ~FrameLink() override;

    /// Keeps the link as long as one of its functions needs it, whatever a sink or a device does.
    class Running
    {
        Q_DISABLE_COPY_MOVE(Running)

    public:
        explicit Running(FrameLink *link)
            : m_link(link)
        {
            ++link->m_running;
        }
        ~Running()
        {
            // The analyzer doesn't see that the count of an outer function keeps the link.
            if (--m_link->m_running == 0 // NOLINT(clang-analyzer-cplusplus.NewDelete)
                && Q_UNLIKELY(m_link->m_isDiscarded))
                m_link->destroy();
        }

    private:
        FrameLink *const m_link;
    };

    void readLater();
    void streamReadable() override;
    enum class MayFollow { More, Nothing };
    bool deliver(TurnTime &time, MayFollow mayFollow = MayFollow::More);
    void interrupt(MayFollow mayFollow);
    bool read(ReadBuffer &buffer, qsizetype *budget, TurnTime &time);
    ByteStream::Result readStream(std::span<char> target, std::span<char> overflow);
    void streamEnded() override;
    void endUnlessUnread();
    void noticeReader();
    void destroy();
    void end(const Error &error);
    void discard();
    void stopReading();
    void pauseStream();

    bool isIdle() const { return m_queue.isEmpty() && !m_isBlocked && !m_isWriting; }
    bool isDueAtOnce();
    bool leavesAlone(const QByteArray &payload);
    Error writeAlone(quint16 channel, const QByteArray &payload);
    void writeWhenDue()
    {
        if (m_isInTurn && m_queue.bytes() < SendQueue::ChunkSize)
            return;
        const bool isDue = isDueAtOnce();
        if (isMuchQueued() || isDue)
            writeQueue();
    }
    bool isMuchQueued();
    void joinTurn()
    {
        if (!m_isInTurn)
            beginTurn();
    }
    void beginTurn();
    void turnEnded() override;
    void leaveTurn();
    void waitForTurn(bool *what);
    void turnCame() override;
    void streamWritable() override;
    void writeQueue();
    void writeQueue(qsizetype budget);
    ByteStream::Result writeStream(std::span<const QByteArrayView> buffers);
    void block();
    void noteUnsent();
    bool written(const ByteStream::Result &result, qsizetype offered);
    void noticeDrained();
    void noticeQueue()
    {
        if (Q_UNLIKELY(m_isQueueWatched) && isOpen())
            m_sink->queueChanged();
        if (Q_UNLIKELY(m_awaitsReader) && isOpen())
            noticeReader();
    }
    void tellDrained();
    void timerEvent(QTimerEvent *event) override;

    Error sendError(quint16 channel, qint64 payloadSize) const;
    bool isFull(quint16 channel);
    bool reachesMark(quint16 channel);
    void noticeRoom();
    void announceLater();
    void announceRoom();

    const std::unique_ptr<ByteStream> m_stream;
    Sink *const m_sink; // Not to be called any more once the link has ended.
    FrameDecoder m_decoder;
    QByteArray m_sparePayload; // Memory for the next small one.
    qint64 m_maxSendSize = MaxPayloadSize;
    SendQueue m_queue;
    WaterMarks m_waterMarks;
    std::vector<quint16> m_fullChannels; // From the high-water mark until the low one.
    std::vector<quint16> m_readyChannels; // To be announced.
    std::vector<SendQueue::Frame> m_unsent; // Since writing has failed.
    size_t m_readSize; // As much as is handled in one turn.

    quint32 m_turn = 0;
    int m_running = 0; // How many functions of the link are.
    bool m_isDiscarded = false;
    bool m_isReading = false; // The stream is, and may call anybody meanwhile; likewise:
    bool m_isWriting = false;
    bool m_isReadDue = false; // As it was asked for while the stream was reading.
    const bool m_writesAtOnce;
    int m_delivering = 0; // A depth, because a sink may run an event loop.
    bool m_isReceiving = true;
    bool m_isStreamPaused = false; // As nothing is to be received.
    bool m_hasReadAll = false; // Nothing will be read any more, whoever wants to receive.
    bool m_acceptsFrames = true;
    bool m_isDraining = false; // linkDrained() is to come.
    bool m_awaitsReader = false; // The other side sends nothing more, and may still read
    qint64 m_leftToReader = 0; // what is left to write;
    QBasicTimer m_readerTimer; // until it has taken nothing of that for a while.
    bool m_isBulk = false; // The last frame was large.
    bool m_isEnded = false;
    bool m_isQueueWatched = false;
    bool m_isBlocked = false; // Until the stream is writable, or so much is queued.
    qint64 m_writesAgainAt = 0;
    bool m_hasWriteFailed = false;
    bool m_isInTurn = false; // turnEnded() is to come.
    bool m_isWaiting = false; // turnCame() is to come, to go on with
    bool m_resumesReading = false; // reading,
    bool m_resumesWriting = false; // and writing.
    bool m_hasAnswered = false; // At once, while frames are delivered.
};

} // namespace IpcPrims
