// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <deque>

namespace IpcPrims {

/*!
    Bytes that wait to be read or sent, in chunks: so that neither end moves the others about, and a
    flood of tiny pieces takes no more memory than their bytes.
*/
class IPCPRIMS_AUTOTEST_EXPORT ChunkQueue
{
public:
    static constexpr qsizetype ChunkSize = 64 * 1024;

    qint64 size() const { return m_size; }
    bool isEmpty() const { return m_size == 0; }
    bool contains(char byte) const;

    void append(QByteArrayView bytes);
    void clear();

    /// Moves up to \a maxSize bytes to \a target and says how many.
    qint64 read(char *target, qint64 maxSize);

    // Or, for who doesn't use read(), chunk by chunk:

    /// Whether the first chunk will not get longer.
    bool isFirstFull() const { return !isEmpty() && m_chunks.front().size() == ChunkSize; }
    const QByteArray &first() const { return m_chunks.front(); }
    void removeFirst();

private:
    std::deque<QByteArray> m_chunks; // All but the last are full.
    qsizetype m_firstRead = 0; // Bytes of the first one.
    qint64 m_size = 0;
};

} // namespace IpcPrims
