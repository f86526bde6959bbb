// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "conversation.h"

#include "require.h"

#include "frame/decoder_p.h"
#include "frame/header_p.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>

using namespace IpcPrims;

ScriptedSocket::ScriptedSocket(QByteArray script, quint32 seed)
    : m_script(std::move(script))
    , m_random(seed)
    , m_largestPiece(qsizetype(4) << m_random() % 9)
{
    std::array<int, 2> ends = {-1, -1};
    require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0,
            "there are sockets");
    m_own = FileDescriptor(ends[0]);
    m_other = FileDescriptor(ends[1]);
}

bool ScriptedSocket::writeNext()
{
    if (m_isDone)
        return false;
    const qsizetype left = m_script.size() - m_written;
    if (left == 0) {
        ::shutdown(m_own.get(), SHUT_WR);
        m_isDone = true;
        return true;
    }
    const qsizetype size = std::min(left, 1 + qsizetype(m_random()) % m_largestPiece);
    const auto written
            = ::send(m_own.get(), m_script.data() + m_written, size_t(size), MSG_NOSIGNAL);
    require(written == size || errno == EPIPE || errno == ECONNRESET, "the script fits the socket");
    m_written += size;
    return true;
}

void ScriptedSocket::writeHandshake()
{
    if (m_written > 0)
        return;
    FrameHeader header = FrameHeader::read(m_script.constData());
    m_written = FrameHeader::Size + qsizetype(header.payloadSize);
    require(::send(m_own.get(), m_script.data(), size_t(m_written), MSG_NOSIGNAL) == m_written,
            "the handshake fits the socket");
}

QList<Frame> ScriptedSocket::readAnswers()
{
    QByteArray bytes;
    std::array<char, 4096> buffer;
    for (;;) {
        const auto size = ::recv(m_own.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == ECONNRESET)
            continue; // It closed without having read everything; what it wrote is there.
        require(size >= 0, "the session has closed its end");
        if (size == 0)
            break;
        bytes.append(buffer.data(), size);
    }
    QList<Frame> frames;
    FrameDecoder decoder;
    DecodedFrame frame;
    decoder.feed(bytes);
    while (decoder.next(&frame) == FrameDecoder::Status::Frame)
        frames.append({frame.channel(), frame.takePayload()});
    require(!decoder.error() && !decoder.isInsideFrame(), "nothing but whole frames was written");
    // Those of different channels may overtake each other.
    std::stable_sort(frames.begin(), frames.end(),
                     [](const Frame &a, const Frame &b) { return a.channel < b.channel; });
    return frames;
}
