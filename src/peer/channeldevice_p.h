// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/channelhandlers_p.h"
#include "peer/chunkqueue_p.h"
#include "peer/sessionobserver_p.h"
#include "peer/streammark_p.h"
#include "peer/streamsender_p.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>

#include <QtCore/qpointer.h>

namespace IpcPrims {

class ChannelDevicePrivate final : private SessionObserver
{
public:
    ChannelDevicePrivate(ChannelDevice *device, Peer *peer, quint16 channel);
    Q_DISABLE_COPY_MOVE(ChannelDevicePrivate)

    /// Why the device can't be opened now.
    Error openError(QIODevice::OpenMode mode) const;
    void open(QIODevice::OpenMode mode);
    void close();
    /// This device or its peer is about to be moved, which ends the streams.
    void leaveThread();

    qint64 read(char *data, qint64 maxSize);
    void updateHold();
    void stop();
    void announceSize(qint64 bytes);

    ChannelDevice *const q;
    QPointer<Peer> peer;
    const quint16 channel;

    qint64 readBufferSize = 1024 * 1024;
    qint64 writeBufferSize = 1024 * 1024;

    QPointer<StreamSender> sender; // While open for writing, and the peer's.
    ChunkQueue received;
    bool isReading = false; // The channel's frames come here.
    bool isFinished = false;
    Error error;
    qint64 bytesReceived = 0; // Of this stream.
    qint64 totalSize = -1; // As its writer says.

private:
    // SessionObserver
    void sessionEnded(const Error &reason) override;
    void frameRefused(quint16 refusedChannel, QByteArrayView payload, const Error &reason) override;
    void peerLeavesThread() override { leaveThread(); }
    void peerDestroyed(const std::optional<Error> &untoldEnd) override;

    ChannelUser asUser() const { return {this, "a ChannelDevice", false, true}; }
    void receive(QByteArrayView payload);
    void announce();
    void take(const StreamMark &mark);
    void takeEnd();
    void stopReading();
    void stopObserving();
    bool isWriting() const { return sender && !sender->isFinished(); }
    void letGo();
    void endStreams(const Error &reason, bool wasWriting);
    void tellEnd(const Error &reason, bool wasReading, bool wasWriting);
    void fail(const QString &what, const Error &reason);

    quint64 m_opening = 0; // Counts them: what is told later is not for the next one.
    bool m_isObserving = false;
    bool m_hasBegun = false; // Something of the stream has arrived.
    bool m_isCut = false; // The writer said so of what it sends.
    bool m_isStopped = false; // This side wants no more of it.
    bool m_holdsReceiving = false;
    bool m_isAnnouncing = false;
    bool m_hasNews = false;
};

} // namespace IpcPrims
