// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    What one frame costs the decoder and the encoder, without any I/O.

        ipcprims-bench-frames           prints nanoseconds per frame
        ipcprims-bench-frames --count   to be run under callgrind: each case once, with a dump of
                                        its own, named after it and the number of its frames
*/
#include "frame/decoder_p.h"
#include "frame/sendqueue_p.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qlist.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <memory>

#if __has_include(<valgrind/callgrind.h>)
#    include <valgrind/callgrind.h>
#else // Then the check is skipped, as it needs the program, too.
#    define CALLGRIND_ZERO_STATS
#    define CALLGRIND_DUMP_STATS_AT(name) Q_UNUSED(name)
#endif

using namespace IpcPrims;

namespace {

constexpr qsizetype ChunkSize = 64 * 1024; // What one system call moves.

// Handles as many frames as one chunk holds, and says how many these are.
using Batch = std::function<qsizetype()>;

struct Case
{
    const char *name;
    Batch batch;
};

qsizetype framesPerChunk(qsizetype payloadSize)
{
    return std::max<qsizetype>(1, ChunkSize / (FrameHeader::Size + payloadSize));
}

// Small frames: many of them lie in what was read.
Batch decodeMany(qsizetype payloadSize)
{
    QByteArray chunk;
    for (qsizetype i = 0; i < framesPerChunk(payloadSize); ++i) {
        std::array<char, FrameHeader::Size> header;
        FrameHeader{quint32(payloadSize), Channel::Data}.write(header.data());
        chunk.append(header.data(), header.size());
        chunk.append(payloadSize, 'x');
    }
    return [chunk, decoder = std::make_shared<FrameDecoder>()] {
        DecodedFrame frame;
        qsizetype frames = 0;
        decoder->feed(chunk);
        while (decoder->next(&frame) == FrameDecoder::Status::Frame)
            ++frames;
        return frames;
    };
}

// A large frame: its payload is read straight into its place, which a read would do here.
Batch decodeInPlace(qsizetype payloadSize)
{
    std::array<char, FrameHeader::Size> header;
    FrameHeader{quint32(payloadSize), Channel::Data}.write(header.data());
    return [header, decoder = std::make_shared<FrameDecoder>()] {
        DecodedFrame frame;
        decoder->feed(QByteArrayView(header.data(), header.size()));
        while (decoder->next(&frame) != FrameDecoder::Status::Frame)
            decoder->filled(qsizetype(decoder->target().size()));
        return qsizetype(1);
    };
}

Batch encode(qsizetype payloadSize)
{
    return [payload = QByteArray(payloadSize, 'x'), count = framesPerChunk(payloadSize),
            queue = std::make_shared<SendQueue>()] {
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
        return count;
    };
}

QList<Case> cases()
{
    return {
            {"decode-64B", decodeMany(64)},
            {"decode-1KiB", decodeMany(1024)},
            {"decode-64KiB", decodeInPlace(ChunkSize)},
            {"encode-64B", encode(64)},
            {"encode-1KiB", encode(1024)},
            {"encode-64KiB", encode(ChunkSize)},
    };
}

qsizetype repeat(const Batch &batch, int times)
{
    qsizetype frames = 0;
    for (int i = 0; i < times; ++i)
        frames += batch();
    return frames;
}

void printNanoseconds(const Case &one)
{
    QElapsedTimer timer;
    qint64 best = 0;
    qsizetype frames = 0;
    for (int round = 0; round < 9; ++round) {
        timer.start();
        frames = repeat(one.batch, 2000);
        const qint64 elapsed = timer.nsecsElapsed();
        best = best == 0 ? elapsed : std::min(best, elapsed);
    }
    std::printf("%-14s%10.1f ns per frame\n", one.name, double(best) / double(frames));
}

void count(const Case &one)
{
    repeat(one.batch, 2); // Warms up.
    CALLGRIND_ZERO_STATS;
    const qsizetype frames = repeat(one.batch, 10);
    const QByteArray name = QByteArray(one.name) + ' ' + QByteArray::number(frames);
    CALLGRIND_DUMP_STATS_AT(name.constData());
}

} // namespace

int main(int argc, char **argv)
{
    const bool isCounting = argc > 1 && qstrcmp(argv[1], "--count") == 0;
    for (const Case &one : cases()) {
        if (isCounting)
            count(one);
        else
            printNanoseconds(one);
    }
    return 0;
}
