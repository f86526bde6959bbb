// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Frames are the same however their bytes are cut into pieces.

#include "require.h"

#include "frame/decoder_p.h"

#include <IpcPrims/frame.h>

#include <QtCore/qlist.h>

#include <algorithm>
#include <memory>
#include <random>

using namespace IpcPrims;

namespace {
struct Outcome
{
    QList<Frame> frames;
    ErrorCode error = ErrorCode::NoError;
    bool isInsideFrame = false;

    bool operator==(const Outcome &) const = default;
};

quint64 byteAt(const QByteArray &stream, qsizetype place)
{
    return quint8(stream[place]);
}

// The rule of the protocol, as plainly as it can be put.
Outcome cutPlainly(const QByteArray &stream, qint64 maxPayloadSize)
{
    Outcome outcome;
    for (qsizetype place = 0; place < stream.size();) {
        outcome.isInsideFrame = true;
        if (stream.size() - place < 8)
            break;
        if (stream[place] != 'I' || stream[place + 1] != 'P') {
            outcome.error = ErrorCode::BadMagic;
            break;
        }
        const quint64 size = byteAt(stream, place + 2) + 256 * byteAt(stream, place + 3)
                             + 65536 * byteAt(stream, place + 4)
                             + 16777216 * byteAt(stream, place + 5);
        if (size > quint64(maxPayloadSize)) {
            outcome.error = ErrorCode::PayloadTooLarge;
            break;
        }
        if (quint64(stream.size() - place - 8) < size)
            break;
        const auto channel = quint16(byteAt(stream, place + 6) + 256 * byteAt(stream, place + 7));
        outcome.frames.append({channel, stream.mid(place + 8, qsizetype(size))});
        outcome.isInsideFrame = false;
        place += 8 + qsizetype(size);
    }
    if (outcome.error != ErrorCode::NoError)
        outcome.isInsideFrame = false;
    return outcome;
}

class Cutter
{
public:
    Cutter(const QByteArray &stream, qint64 maxPayloadSize, quint32 seed)
        : m_stream(stream)
        , m_random(seed)
        , m_largestPiece(qsizetype(1) << random(16))
    {
        m_decoder.setPayloadLimits(PayloadLimits(maxPayloadSize));
    }

    Outcome cut()
    {
        while (m_place < m_stream.size() && m_outcome.error == ErrorCode::NoError) {
            const std::span<char> target = m_decoder.target();
            if (!target.empty() && random(2) == 0)
                fill(target);
            else
                feed();
            take();
        }
        m_outcome.isInsideFrame
                = m_outcome.error == ErrorCode::NoError && m_decoder.isInsideFrame();
        if (m_outcome.isInsideFrame)
            require(bool(m_decoder.truncationError()), "a frame that is cut off has an error");
        return m_outcome;
    }

private:
    qsizetype random(qsizetype below) { return qsizetype(m_random()) % below; }

    qsizetype pieceSize()
    {
        // A large stream isn't worth as many pieces as it has bytes.
        const qsizetype least = 1 + m_stream.size() / 4096;
        return std::min(least + random(m_largestPiece), m_stream.size() - m_place);
    }

    // As who reads from a socket straight into a payload's place.
    void fill(std::span<char> target)
    {
        const qsizetype size = std::min(pieceSize(), qsizetype(target.size()));
        std::copy_n(m_stream.data() + m_place, size, target.data());
        m_decoder.filled(size);
        m_place += size;
    }

    // In memory of exactly that size, so that reading on behind it is seen.
    void feed()
    {
        const qsizetype size = pieceSize();
        m_piece.reset(new char[size_t(size)]);
        std::copy_n(m_stream.data() + m_place, size, m_piece.get());
        m_decoder.feed(QByteArrayView(m_piece.get(), size));
        m_place += size;
    }

    void take()
    {
        DecodedFrame frame;
        for (;;) {
            const FrameDecoder::Status status = m_decoder.next(&frame);
            if (status == FrameDecoder::Status::NeedMore)
                break;
            if (status == FrameDecoder::Status::Failed) {
                m_outcome.error = m_decoder.error().code();
                require(m_decoder.next(&frame) == FrameDecoder::Status::Failed, "errors stay");
                break;
            }
            const QByteArray seen = frame.payload().toByteArray();
            m_outcome.frames.append({frame.channel(), random(2) == 0 ? frame.takePayload() : seen});
            require(m_outcome.frames.last().payload == seen, "a payload is taken as it was seen");
            // As who leaves the loop here, and whose buffer goes.
            if (random(4) == 0) {
                m_decoder.detach();
                m_piece.reset();
            }
        }
        require(!m_decoder.hasInput(), "what is left over is kept by the decoder");
        m_piece.reset();
    }

    const QByteArray &m_stream;
    qsizetype m_place = 0;
    std::minstd_rand m_random;
    const qsizetype m_largestPiece;
    std::unique_ptr<char[]> m_piece;
    FrameDecoder m_decoder;
    Outcome m_outcome;
};

// Lets a large payload be whole without a large input: the last frame gets as many bytes as it
// lacks.
void complete(QByteArray *stream, qint64 maxPayloadSize)
{
    constexpr qint64 most = 300 * 1024; // More than a header alone is trusted with.
    qsizetype place = 0;
    for (const Frame &frame : cutPlainly(*stream, maxPayloadSize).frames)
        place += 8 + frame.payload.size();
    if (stream->size() - place < 8)
        return;
    const quint64 size = byteAt(*stream, place + 2) + 256 * byteAt(*stream, place + 3)
                         + 65536 * byteAt(*stream, place + 4);
    const qsizetype lacking = qsizetype(size) - (stream->size() - place - 8);
    if (byteAt(*stream, place + 5) == 0 && size > 128 * 1024 && lacking < most)
        stream->append(QByteArray(std::max<qsizetype>(lacking, 0), 'x'));
}
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    QByteArray stream(reinterpret_cast<const char *>(data), qsizetype(size));
    const quint32 seed = qChecksum(stream);
    constexpr qint64 limits[] = {MaxPayloadSize, MaxPayloadSize, MaxHandshakePayloadSize, 20};
    const qint64 maxPayloadSize = limits[seed / 8 % std::size(limits)];
    if (seed % 8 == 0)
        complete(&stream, maxPayloadSize);

    const Outcome expected = cutPlainly(stream, maxPayloadSize);
    for (quint32 i = 1; i <= 3; ++i) {
        Cutter cutter(stream, maxPayloadSize, seed + i);
        require(cutter.cut() == expected, "pieces give the frames of the whole");
    }
    return 0;
}
