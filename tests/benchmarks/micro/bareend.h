// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "micro/paths.h"
#include "peers/raw/framereader.h"
#include "peers/raw/framewriter.h"

#include <memory>

#include <unistd.h>

namespace Bench {

/// One end of a connection, by hand.
class BareEnd
{
public:
    /// Takes \a descriptor over.
    explicit BareEnd(int descriptor)
        : m_descriptor(descriptor)
        , m_reader(FrameReader::make(variant(), descriptor))
        , m_writer(FrameWriter::make(variant(), descriptor))
    {}
    ~BareEnd() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(BareEnd)

    void write(quint16 channel, QByteArrayView payload) { m_writer->write(channel, payload); }
    /// Waits for a whole frame.
    void read()
    {
        do {
            if (!m_reader->receive())
                giveUp(QStringLiteral("the connection ended"));
        } while (!m_reader->next());
    }

private:
    static QString variant() { return QStringLiteral("raw-buffered"); }

    const int m_descriptor;
    const std::unique_ptr<FrameReader> m_reader;
    const std::unique_ptr<FrameWriter> m_writer;
};

} // namespace Bench
