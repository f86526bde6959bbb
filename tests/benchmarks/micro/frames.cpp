// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What one frame costs the decoder and the encoder, without any I/O.

#include "frame/decoder_p.h"
#include "frame/sendqueue_p.h"
#include "micro/case.h"

#include <algorithm>
#include <array>
#include <memory>

using namespace IpcPrims;

namespace {

constexpr qsizetype ChunkSize = 64 * 1024; // What one system call moves.

// Each batch handles as many frames as one chunk holds.

qsizetype framesPerChunk(qsizetype payloadSize)
{
    return std::max<qsizetype>(1, ChunkSize / (FrameHeader::Size + payloadSize));
}

// Small frames: many of them lie in what was read.
Bench::Batch decodeMany(qsizetype payloadSize)
{
    QByteArray chunk;
    for (qsizetype i = 0; i < framesPerChunk(payloadSize); ++i) {
        std::array<char, FrameHeader::Size> header;
        FrameHeader{quint32(payloadSize), Channel::Data}.write(header.data());
        chunk.append(header.data(), header.size());
        chunk.append(payloadSize, 'x');
    }
    return [chunk, decoder = std::make_shared<FrameDecoder>()](Bench::Meter &meter) {
        DecodedFrame frame;
        qsizetype frames = 0;
        meter.start();
        decoder->feed(chunk);
        while (decoder->next(&frame) == FrameDecoder::Status::Frame)
            ++frames;
        meter.stop();
        return frames;
    };
}

// A large frame: its payload is read straight into its place, which a read would do here.
Bench::Batch decodeInPlace(qsizetype payloadSize)
{
    std::array<char, FrameHeader::Size> header;
    FrameHeader{quint32(payloadSize), Channel::Data}.write(header.data());
    return [header, decoder = std::make_shared<FrameDecoder>()](Bench::Meter &meter) {
        DecodedFrame frame;
        meter.start();
        decoder->feed(QByteArrayView(header.data(), header.size()));
        while (decoder->next(&frame) != FrameDecoder::Status::Frame)
            decoder->filled(qsizetype(decoder->target().size()));
        meter.stop();
        return qsizetype(1);
    };
}

Bench::Batch encode(qsizetype payloadSize)
{
    return [payload = QByteArray(payloadSize, 'x'), count = framesPerChunk(payloadSize),
            queue = std::make_shared<SendQueue>()](Bench::Meter &meter) {
        meter.start();
        for (qsizetype i = 0; i < count; ++i)
            queue->enqueue(Channel::Data, payload);
        while (!queue->isEmpty()) {
            std::array<QByteArrayView, 16> buffers;
            const qsizetype filled = queue->peek(buffers);
            qsizetype bytes = 0;
            for (qsizetype i = 0; i < filled; ++i)
                bytes += buffers[i].size();
            queue->consume(bytes);
        }
        meter.stop();
        return count;
    };
}

} // namespace

std::vector<Bench::Case> Bench::cases()
{
    return {
            {"decode-64B", 64, [] { return decodeMany(64); }},
            {"decode-1KiB", 1024, [] { return decodeMany(1024); }},
            {"decode-64KiB", ChunkSize, [] { return decodeInPlace(ChunkSize); }},
            {"encode-64B", 64, [] { return encode(64); }},
            {"encode-1KiB", 1024, [] { return encode(1024); }},
            {"encode-64KiB", ChunkSize, [] { return encode(ChunkSize); }},
    };
}
