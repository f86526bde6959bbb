// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "peers/peer.h"

#include <utility>

namespace Bench {

/*!
    What every server does with a frame: echoes commands, counts data, and hands out the receipt
    when it is asked for.
*/
class Service
{
public:
    /// Calls \a answer with the payload to send back on the same channel, if there is one.
    template<typename Payload, typename Answer>
    void serve(quint16 channel, const Payload &payload, Answer answer)
    {
        if (channel == Channel::Command)
            answer(payload);
        else if (payload.isEmpty())
            answer(takeReceipt());
        else
            count(payload.size());
    }

    void count(qsizetype bytes)
    {
        ++m_receipt.frames;
        m_receipt.bytes += bytes;
    }
    QByteArray takeReceipt() { return std::exchange(m_receipt, {}).toBytes(); }

private:
    Receipt m_receipt;
};

} // namespace Bench
