// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/chunkqueue_p.h"

#include <algorithm>
#include <cstring>

namespace IpcPrims {

bool ChunkQueue::contains(char byte) const
{
    qsizetype from = m_firstRead;
    for (const QByteArray &chunk : m_chunks) {
        if (chunk.indexOf(byte, from) >= 0)
            return true;
        from = 0;
    }
    return false;
}

void ChunkQueue::append(QByteArrayView bytes)
{
    m_size += bytes.size();
    while (!bytes.isEmpty()) {
        if (m_chunks.empty() || m_chunks.back().size() == ChunkSize)
            m_chunks.emplace_back();
        QByteArray &last = m_chunks.back();
        const QByteArrayView fitting = bytes.first(std::min(bytes.size(), ChunkSize - last.size()));
        last.append(fitting);
        bytes = bytes.sliced(fitting.size());
    }
}

void ChunkQueue::clear()
{
    m_chunks.clear();
    m_firstRead = 0;
    m_size = 0;
}

qint64 ChunkQueue::read(char *target, qint64 maxSize)
{
    const qint64 wanted = std::min(maxSize, m_size);
    qint64 done = 0;
    while (done < wanted) {
        const QByteArrayView unread = QByteArrayView(m_chunks.front()).sliced(m_firstRead);
        const qsizetype count = std::min<qsizetype>(unread.size(), wanted - done);
        std::memcpy(target + done, unread.data(), size_t(count));
        done += count;
        m_firstRead += count;
        m_size -= count;
        if (m_firstRead == ChunkSize || m_size == 0) {
            m_chunks.pop_front();
            m_firstRead = 0;
        }
    }
    return done;
}

void ChunkQueue::removeFirst()
{
    m_size -= m_chunks.front().size();
    m_chunks.pop_front();
}

} // namespace IpcPrims
