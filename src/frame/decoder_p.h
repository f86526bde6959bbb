// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/header_p.h"
#include "frame/payloadlimits_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/protocol.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <array>
#include <span>
#include <utility>

namespace IpcPrims {

/*!
    A frame as the decoder hands it out. Small payloads are views into the decoder's input; a
    payload that was assembled from several pieces owns its bytes.
*/
class IPCPRIMS_AUTOTEST_EXPORT DecodedFrame
{
public:
    quint16 channel() const { return m_channel; }

    /// Valid until the decoder is used again.
    QByteArrayView payload() const { return m_view; }

    /// The payload as an array, whose memory is that of the next one again unless a copy of the
    /// array was kept. Valid as long as payload().
    const QByteArray &payloadArray()
    {
        if (Q_LIKELY(!m_isArray))
            copyPayload();
        return m_array;
    }
    /// As above, for the caller to keep.
    QByteArray takePayload()
    {
        payloadArray();
        m_isArray = false;
        return std::exchange(m_array, QByteArray());
    }

    /// Gives memory for the array that payloadArray() or takePayload() makes.
    void lend(QByteArray &&memory)
    {
        if (Q_LIKELY(!m_isArray))
            m_array = std::move(memory);
    }
    /// Takes back what is left of that, if it is worth keeping for small payloads.
    QByteArray takeSpare()
    {
        m_isArray = false;
        return m_array.capacity() <= MaxSpare ? std::exchange(m_array, QByteArray()) : QByteArray();
    }

private:
    friend class FrameDecoder;
    static constexpr qsizetype MaxSpare = 1024;

    void copyPayload();

    quint16 m_channel = 0;
    bool m_isArray = false; // Whether m_array is the payload already, else it is memory for it.
    QByteArrayView m_view;
    QByteArray m_array;
    QByteArray m_backing; // Keeps the memory of m_view if that is not the caller's.
};

/*!
    Cuts a stream of bytes into frames, whatever way the bytes arrive. Knows no I/O.

    \code
    decoder.feed(bytes);
    while (decoder.next(&frame) == FrameDecoder::Status::Frame)
        deliver(frame);
    \endcode

    The loop may be left at any frame and taken up later, also from inside deliver(): the position
    is the decoder's. Bytes given to feed() must stay in place until next() has answered NeedMore or
    detach() was called. The rest of a large payload can be read straight into its place: see
    target().

    An error is final: next() reports it for ever, as after it nobody knows where a frame begins.
*/
class IPCPRIMS_AUTOTEST_EXPORT FrameDecoder
{
public:
    enum class Status { Frame, NeedMore, Failed };

    /// What the next header is checked against; it may change between two frames.
    const PayloadLimits &payloadLimits() const { return m_limits; }
    void setPayloadLimits(const PayloadLimits &limits) { m_limits = limits; }

    /// Gives the next bytes of the stream. All earlier ones must be used up (see hasInput()).
    void feed(QByteArrayView input);

    Status next(DecodedFrame *frame);

    bool hasInput() const { return !m_input.isEmpty(); }
    /// Whether next() may have something to say.
    bool isInUse() const { return hasInput() || m_isAssembling; }

    /// Keeps a copy of input that is not used up, so that the caller's buffer can go.
    void detach();

    /*!
        Where the rest of the payload under assembly belongs, for reading into it directly; empty if
        there is none. Call filled() with the number of bytes put there, before anything else.
    */
    std::span<char> target();
    void filled(qsizetype bytes) { m_filled += bytes; }

    /// Whether the stream stands inside a frame; an end of the stream here cuts that frame off.
    bool isInsideFrame() const { return m_isAssembling || m_headerFill > 0; }
    /// What is missing, when the stream ends inside a frame.
    Error truncationError() const;

    Error error() const { return m_error; }

private:
    bool completeHeader();
    Status readPayload(const char *headerBytes, DecodedFrame *frame);
    Status assemble(DecodedFrame *frame);
    Status fail(const Error &error);

    PayloadLimits m_limits;
    QByteArrayView m_input;
    QByteArray m_detached; // What m_input points to after detach().

    // A header that arrived in pieces.
    std::array<char, FrameHeader::Size> m_headerBytes = {};
    qsizetype m_headerFill = 0;

    // A payload that arrives in pieces.
    bool m_isAssembling = false;
    FrameHeader m_header;
    QByteArray m_payload;
    qsizetype m_filled = 0;

    Error m_error;
};

} // namespace IpcPrims
