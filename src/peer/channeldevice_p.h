// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peer/chunkqueue_p.h"
#include "peer/streamsender_p.h"

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/error.h>
#include <IpcPrims/peer.h>

#include <QtCore/qpointer.h>

namespace IpcPrims {

class ChannelDevicePrivate
{
public:
    ChannelDevicePrivate(ChannelDevice *device, Peer *peer, quint16 channel);
    Q_DISABLE_COPY_MOVE(ChannelDevicePrivate)

    /// Why the device can't be opened now.
    Error openError(QIODevice::OpenMode mode) const;
    void open(QIODevice::OpenMode mode);
    void close();

    qint64 read(char *data, qint64 maxSize);
    void updateHold();

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

private:
    void receive(QByteArrayView payload);
    void announce();
    void stopReading();
    void sessionEnded(const Error &reason);
    void fail(const QString &what, const Error &reason);

    QMetaObject::Connection m_onDisconnected;
    QMetaObject::Connection m_onDestroyed;
    bool m_holdsReceiving = false;
    bool m_isAnnouncing = false;
    bool m_hasNews = false;
};

} // namespace IpcPrims
