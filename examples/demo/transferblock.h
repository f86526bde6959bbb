// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "conversation.h"
#include "otherend.h"
#include "step.h"

#include <QtCore/QByteArray>
#include <QtCore/QElapsedTimer>

namespace Demo {

/*!
    A stream on TELEMETRY, a block out and one back on DATA while it runs, and commands all the
    while. Checks the content of the blocks at both ends, and each sample and their order.
*/
class TransferBlock : public Step
{
    Q_OBJECT

public:
    TransferBlock(OtherEnd &otherEnd, int samples);

    QString name() const override;
    QString waitingFor() const override;
    void start() override;

private:
    void sendBlock();
    void onFrame(quint16 channel, const QByteArray &payload);
    void onAnswer(const QByteArray &payload);
    void onBlock(const QByteArray &block);
    void onSample(const QByteArray &payload);
    void stopIfComplete();
    void conclude();

    OtherEnd &m_otherEnd;
    Conversation m_conversation;
    QByteArray m_block;
    QByteArray m_digest;
    QByteArray m_blockInReturn;
    QElapsedTimer m_sinceBlockSent;
    std::chrono::nanoseconds m_transferTime = std::chrono::nanoseconds::zero();
    const int m_samples;
    int m_samplesReceived = 0;
    int m_samplesBeforeReturn = 0;
    bool m_blockConfirmed = false;
    bool m_blockReturned = false;
};

} // namespace Demo
