// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/decoder_p.h"

#include <algorithm>

namespace IpcPrims {

// A header alone reserves at most this much; the rest follows once so many bytes have arrived. So
// nobody makes us reserve 16 MiB by sending eight bytes.
static constexpr qsizetype TrustedReservation = 256 * 1024;

// Whether nobody has a copy any more, not even one in another thread, and all have finished reading
// theirs. isDetached() does not order the latter, and a fence is nothing that the thread sanitizer
// knows; so this looks at the counter, which Qt doesn't document.
static bool isOnlyOne(QByteArray &array)
{
    const auto *data = array.data_ptr().d_ptr();
    return data && data->ref_.loadAcquire() == 1;
}

// A slot that keeps a small payload must not keep a large one's memory with it.
void DecodedFrame::copyPayload()
{
    m_isArray = true;
    const qsizetype size = m_view.size();
    const qsizetype capacity = m_array.capacity();
    if (Q_LIKELY(capacity >= size && capacity <= 2 * size + 64 && isOnlyOne(m_array))) {
        if (m_array.size() != size)
            m_array.resize(size);
        std::copy_n(m_view.data(), size, m_array.data());
    } else {
        m_array = m_view.toByteArray();
    }
}

void FrameDecoder::feed(QByteArrayView input)
{
    Q_ASSERT(!hasInput());
    m_detached.clear();
    m_input = input;
}

void FrameDecoder::detach()
{
    const bool isOurs = !m_detached.isNull() && m_input.end() == m_detached.cend();
    if (!hasInput() || isOurs)
        return;
    m_detached = m_input.toByteArray();
    m_input = m_detached;
}

FrameDecoder::Status FrameDecoder::next(DecodedFrame *frame)
{
    if (Q_UNLIKELY(m_error))
        return Status::Failed;
    if (Q_UNLIKELY(m_isAssembling))
        return assemble(frame);

    const char *header = m_input.data();
    if (Q_LIKELY(m_headerFill == 0 && m_input.size() >= FrameHeader::Size)) {
        m_input = m_input.sliced(FrameHeader::Size);
    } else {
        if (!completeHeader())
            return Status::NeedMore;
        header = m_headerBytes.data();
    }
    return readPayload(header, frame);
}

bool FrameDecoder::completeHeader()
{
    const qsizetype taken = std::min(FrameHeader::Size - m_headerFill, m_input.size());
    std::copy_n(m_input.data(), taken, m_headerBytes.data() + m_headerFill);
    m_input = m_input.sliced(taken);
    m_headerFill += taken;
    if (m_headerFill < FrameHeader::Size)
        return false;
    m_headerFill = 0;
    return true;
}

FrameDecoder::Status FrameDecoder::readPayload(const char *headerBytes, DecodedFrame *frame)
{
    if (Q_UNLIKELY(!FrameHeader::hasMagic(headerBytes)))
        return fail(FrameHeader::magicError(headerBytes));
    const FrameHeader header = FrameHeader::read(headerBytes);
    if (Q_UNLIKELY(header.payloadSize > m_limits.smallest())) {
        if (const Error error = m_limits.check(header.channel, header.payloadSize))
            return fail(error);
    }

    if (Q_UNLIKELY(m_input.size() < qsizetype(header.payloadSize))) {
        m_isAssembling = true;
        m_header = header;
        m_filled = 0;
        m_payload = QByteArray(std::min<qsizetype>(header.payloadSize, TrustedReservation),
                               Qt::Uninitialized);
        return assemble(frame);
    }

    frame->m_channel = header.channel;
    frame->m_view = m_input.first(header.payloadSize);
    frame->m_isArray = false;
    // Mostly there is nothing to keep and nothing to let go; asking is cheaper than assigning.
    if (Q_UNLIKELY(!frame->m_backing.isNull() || !m_detached.isNull()))
        frame->m_backing = m_detached;
    m_input = m_input.sliced(header.payloadSize);
    return Status::Frame;
}

FrameDecoder::Status FrameDecoder::assemble(DecodedFrame *frame)
{
    while (hasInput() && m_filled < m_header.payloadSize) {
        const std::span<char> place = target();
        const qsizetype taken = std::min<qsizetype>(place.size(), m_input.size());
        std::copy_n(m_input.data(), taken, place.data());
        m_input = m_input.sliced(taken);
        filled(taken);
    }
    if (m_filled < m_header.payloadSize)
        return Status::NeedMore;

    m_isAssembling = false;
    frame->m_channel = m_header.channel;
    frame->m_array = std::exchange(m_payload, QByteArray());
    frame->m_isArray = true;
    frame->m_view = frame->m_array;
    return Status::Frame;
}

std::span<char> FrameDecoder::target()
{
    if (!m_isAssembling)
        return {};
    if (m_filled == m_payload.size() && m_filled < m_header.payloadSize) {
        // reserve() first: resize() alone would round the capacity up.
        m_payload.reserve(m_header.payloadSize);
        m_payload.resize(m_header.payloadSize);
    }
    return {m_payload.data() + m_filled, size_t(m_payload.size() - m_filled)};
}

Error FrameDecoder::truncationError() const
{
    if (m_isAssembling) {
        return Error(ErrorCode::TruncatedFrame,
                     QStringLiteral("the stream ended inside a frame on channel %1, after %2 of "
                                    "%3 payload bytes")
                             .arg(m_header.channel)
                             .arg(m_filled)
                             .arg(m_header.payloadSize));
    }
    return Error(ErrorCode::TruncatedFrame,
                 QStringLiteral("the stream ended inside a frame header, after %1 of %2 bytes")
                         .arg(m_headerFill)
                         .arg(FrameHeader::Size));
}

FrameDecoder::Status FrameDecoder::fail(const Error &error)
{
    m_error = error;
    m_input = {};
    m_detached.clear();
    return Status::Failed;
}

} // namespace IpcPrims
