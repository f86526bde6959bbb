// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "streams.h"

#include <QtCore/qendian.h>
#include <QtCore/qtimer.h>

using namespace IpcPrims;

// The number of a stream, at its beginning.
static constexpr qint64 NumberSize = sizeof(qint64);

static char byteOf(qint64 stream, qint64 position)
{
    if (position < NumberSize)
        return char(stream >> (8 * position));
    return char(stream * 13 + position * 3 + (position >> 8));
}

/// One stream, as far as it has been read.
class Streams::Reader
{
public:
    explicit Reader(ChannelDevice *source)
        : device(source)
    {}

    void readAll()
    {
        const QByteArray bytes = device->readAll();
        for (const char byte : bytes) {
            if (position < NumberSize)
                stream |= qint64(quint8(byte)) << (8 * position);
            else
                isIntact = isIntact && byte == byteOf(stream, position);
            ++position;
        }
    }

    ChannelDevice *const device;
    qint64 stream = 0;
    qint64 position = 0;
    bool isIntact = true;
};

Streams::Streams(Model *model)
    : m_model(model)
{}

void Streams::read(Peer *peer)
{
    auto *const device = new ChannelDevice(peer, TestChannel::Stream, peer);
    if (!device->open(QIODevice::ReadOnly)) {
        device->deleteLater(); // The session is over.
        return;
    }
    const auto reader = std::make_shared<Reader>(device);
    QObject::connect(device, &QIODevice::readyRead, device, [this, reader] {
        if (m_model->choice.oneIn(4))
            QTimer::singleShot(m_model->choice.below(3), reader->device,
                               [reader] { reader->readAll(); });
        else
            reader->readAll();
        m_model->actInSlot();
    });
    QObject::connect(device, &QIODevice::readChannelFinished, device,
                     [this, reader, itsPeer = QPointer(peer)] {
                         reader->readAll();
                         check(*reader);
                         reader->device->deleteLater();
                         if (itsPeer)
                             read(itsPeer);
                         m_model->actInSlot();
                     });
}

void Streams::check(const Reader &reader)
{
    if (reader.position < NumberSize)
        return; // Nobody knows which one it was.
    const auto number = size_t(reader.stream);
    if (number >= m_streams.size() || !reader.isIntact) {
        m_model->journal.violation(QStringLiteral("a stream has been altered"));
        return;
    }
    const Stream &stream = m_streams[number];
    const bool isFinished = reader.device->isFinished();
    if (reader.position > stream.size
        || (isFinished && (!stream.isFinished || reader.position < stream.size)))
        m_model->journal.violation(
                QStringLiteral("of the %1 bytes of stream %2 (%3) were read %4 (%5)")
                        .arg(QString::number(stream.size), QString::number(number),
                             stream.isFinished ? QStringLiteral("finished")
                                               : QStringLiteral("open"),
                             QString::number(reader.position),
                             isFinished ? QStringLiteral("finished") : QStringLiteral("cut")));
}

void Streams::begin(PeerWatch *watch, Writer *writer)
{
    auto *const device = new ChannelDevice(watch->peer(), TestChannel::Stream, watch->peer());
    if (!device->open(QIODevice::WriteOnly)) {
        delete device;
        return;
    }
    *writer = {device, qint64(m_streams.size())};
    m_streams.emplace_back();
}

void Streams::write(PeerWatch *watch)
{
    Writer &writer = m_writers[watch->end()];
    if (!writer.device)
        return begin(watch, &writer);
    Choice &choice = m_model->choice;
    Stream &stream = m_streams[size_t(writer.stream)];
    switch (choice.below(12)) {
    case 0:
        stream.isFinished = true;
        return writer.device->finish();
    case 1:
        stream.isFinished = true;
        return writer.device->deleteLater();
    case 2:
        stream.isFinished = true;
        delete writer.device;
        return;
    default:
        break;
    }
    QByteArray bytes(choice.payloadSize(), Qt::Uninitialized);
    for (qint64 i = 0; i < bytes.size(); ++i)
        bytes[i] = byteOf(writer.stream, stream.size + i);
    stream.size += std::max<qint64>(0, writer.device->write(bytes));
}
