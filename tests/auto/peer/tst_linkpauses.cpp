// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// A sink that wants to receive nothing for a while, from inside a frame's delivery.

#include "frame/framelink_p.h"
#include "frame/header_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

using namespace IpcPrims;

static QByteArray frames(int count)
{
    QByteArray all;
    for (int i = 0; i < count; ++i) {
        std::array<char, FrameHeader::Size> header;
        FrameHeader{1, Channel::Data}.write(header.data());
        all.append(header.data(), header.size()).append(char('0' + i));
    }
    return all;
}

/// Gives bytes when told to, and notes when reading is turned off and on.
class NotingStream final : public QObject, public ByteStream
{
public:
    explicit NotingStream(QByteArray *notes)
        : m_notes(notes)
    {}
    void arrive(const QByteArray &bytes)
    {
        m_bytes += bytes;
        tellReadable();
    }

    Result read(std::span<char>, std::span<char> overflow) override
    {
        const qsizetype bytes = std::min<qsizetype>(m_bytes.size(), overflow.size());
        std::copy_n(m_bytes.constBegin(), bytes, overflow.begin());
        m_bytes.remove(0, bytes);
        return {bytes > 0 ? Status::Ok : Status::WouldBlock, bytes};
    }
    Result write(std::span<const QByteArrayView>) override { return {Status::WouldBlock, 0}; }
    void setReadEnabled(bool enabled) override { m_notes->append(enabled ? "on " : "off "); }
    bool atEnd() const override { return false; }
    qint64 bytesToWrite() const override { return 0; }
    void requestWritable() override {}
    void close() override {}
    Error error() const override { return {}; }

private:
    QByteArray *const m_notes;
    QByteArray m_bytes;
};

class tst_LinkPauses : public QObject, private FrameLink::Sink
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void shortPauseLeavesTheStreamAlone();
    void pauseThatLastsTurnsReadingOff();
    void pauseHoldsInAnEventLoopOfTheHandler();
    void pauseEndsInAnEventLoopOfTheHandler();

private:
    void frameDecoded(DecodedFrame &frame) override
    {
        m_received += frame.payload().toByteArray();
        if (m_onFrame)
            std::exchange(m_onFrame, nullptr)();
    }
    void linkEnded(const Error &) override {}
    void readyToSend(quint16) override {}

    QByteArray m_notes;
    QByteArray m_received;
    std::function<void()> m_onFrame; // Of the next frame.
    NotingStream *m_stream = nullptr;
    FrameLink::Pointer m_link;
};

void tst_LinkPauses::init()
{
    m_notes.clear();
    m_received.clear();
    m_onFrame = nullptr;
    auto stream = std::make_unique<NotingStream>(&m_notes);
    m_stream = stream.get();
    m_link = FrameLink::make(std::move(stream), this);
    m_link->start();
}

void tst_LinkPauses::shortPauseLeavesTheStreamAlone()
{
    m_onFrame = [this] {
        m_link->setReceiving(false);
        m_link->setReceiving(true);
    };
    m_stream->arrive(frames(2));
    QTRY_COMPARE(m_received, QByteArray("01"));
    QCOMPARE(m_notes, QByteArray());
}

void tst_LinkPauses::pauseThatLastsTurnsReadingOff()
{
    m_onFrame = [this] { m_link->setReceiving(false); };
    m_stream->arrive(frames(2));
    QTRY_COMPARE(m_received, QByteArray("0"));
    QCOMPARE(m_notes, QByteArray("off "));

    m_link->setReceiving(true);
    QCOMPARE(m_notes, QByteArray("off on "));
    QTRY_COMPARE(m_received, QByteArray("01"));
}

void tst_LinkPauses::pauseHoldsInAnEventLoopOfTheHandler()
{
    m_onFrame = [this] {
        m_link->setReceiving(false);
        m_stream->arrive(frames(1)); // As an event loop would say.
        QCOMPARE(m_notes, QByteArray("off "));
        QCoreApplication::processEvents();
        QCOMPARE(m_received, QByteArray("0"));
    };
    m_stream->arrive(frames(1));
    QTRY_COMPARE(m_received, QByteArray("0"));

    m_link->setReceiving(true);
    QTRY_COMPARE(m_received, QByteArray("00"));
}

void tst_LinkPauses::pauseEndsInAnEventLoopOfTheHandler()
{
    m_onFrame = [this] {
        m_link->setReceiving(false);
        m_link->setReceiving(true);
        QTRY_COMPARE(m_received,
                     "01"); // What came with the frame is not left to the handler's end.
    };
    m_stream->arrive(frames(2));
    QTRY_COMPARE(m_received, QByteArray("01"));
}

QTEST_GUILESS_MAIN(tst_LinkPauses)

#include "tst_linkpauses.moc"
