// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transferblock.h"

#include "figures.h"
#include "work.h"

namespace Demo {

using namespace IpcPrims;

TransferBlock::TransferBlock(OtherEnd &otherEnd, int samples)
    : m_otherEnd(otherEnd)
    , m_samples(samples)
{
    connect(&m_conversation, &Conversation::failed, this, &Step::failed);
    connect(&m_conversation, &Conversation::stopped, this, &TransferBlock::conclude);
}

QString TransferBlock::name() const
{
    return QStringLiteral("transfer");
}

QString TransferBlock::waitingFor() const
{
    if (m_samplesReceived == 0)
        return QStringLiteral("the first sample");
    if (!m_blockConfirmed)
        return QStringLiteral("the digest of our block");
    if (!m_blockReturned)
        return QStringLiteral("the block in return");
    if (m_samplesReceived < m_samples)
        return QStringLiteral("sample %1 of %2").arg(m_samplesReceived + 1).arg(m_samples);
    return QStringLiteral("the last answer");
}

void TransferBlock::start()
{
    m_block = makeBlock();
    m_digest = sha256(m_block);
    m_blockInReturn = inverted(m_block);

    Peer *peer = m_otherEnd.peer();
    connect(peer, &Peer::frameReceived, this, &TransferBlock::onFrame);

    const QJsonObject command = {{QStringLiteral("command"), QStringLiteral("transfer")},
                                 {QStringLiteral("samples"), m_samples}};
    if (const Error error = peer->sendJson(Channel::Command, command)) {
        Q_EMIT failed(error.message());
        return;
    }
    m_conversation.start(peer);
}

void TransferBlock::sendBlock()
{
    m_sinceBlockSent.start();
    if (const Error error = m_otherEnd.peer()->send(Channel::Data, m_block))
        Q_EMIT failed(error.message());
}

void TransferBlock::onFrame(quint16 channel, const QByteArray &payload)
{
    switch (channel) {
    case Channel::Command:
        onAnswer(payload);
        break;
    case Channel::Data:
        onBlock(payload);
        break;
    case Channel::Telemetry:
        onSample(payload);
        break;
    default:
        Q_EMIT failed(QStringLiteral("an unexpected frame on %1").arg(Channel::name(channel)));
    }
}

void TransferBlock::onAnswer(const QByteArray &payload)
{
    const QJsonValue digest = fromPayload(payload).value(QStringLiteral("sha256"));
    if (digest.isUndefined())
        return; // an answer to the conversation
    if (digest.toString().toLatin1() != m_digest) {
        Q_EMIT failed(QStringLiteral("our block arrived with another content"));
        return;
    }
    m_blockConfirmed = true;
    stopIfComplete();
}

void TransferBlock::onBlock(const QByteArray &block)
{
    m_transferTime = elapsed(m_sinceBlockSent);
    if (m_blockReturned || block != m_blockInReturn) {
        Q_EMIT failed(QStringLiteral("a block of %1 bytes that is not what we expect")
                              .arg(count(block.size())));
        return;
    }
    m_blockReturned = true;
    m_samplesBeforeReturn = m_samplesReceived;
    stopIfComplete();
}

void TransferBlock::onSample(const QByteArray &payload)
{
    if (m_samplesReceived == m_samples || fromPayload(payload) != makeSample(m_samplesReceived)) {
        Q_EMIT failed(QStringLiteral("a sample that is not sample %1 of %2")
                              .arg(m_samplesReceived + 1)
                              .arg(m_samples));
        return;
    }
    ++m_samplesReceived;
    if (m_samplesReceived == 1)
        sendBlock();
    stopIfComplete();
}

void TransferBlock::stopIfComplete()
{
    if (m_blockConfirmed && m_blockReturned && m_samplesReceived == m_samples)
        m_conversation.stop();
}

void TransferBlock::conclude()
{
    Q_EMIT observed(QStringLiteral("DATA"),
                    QStringLiteral("%1 bytes there and back, content right, SHA-256 taken, %2")
                            .arg(count(m_block.size()), milliseconds(m_transferTime)));
    Q_EMIT observed(
            QStringLiteral("TELEMETRY"),
            QStringLiteral("meanwhile: %1 samples in order, %2 of them before the block was back")
                    .arg(QString::number(m_samples), QString::number(m_samplesBeforeReturn)));
    Q_EMIT observed(
            QStringLiteral("COMMAND"),
            QStringLiteral("meanwhile: %1 answers in turn; longest wait, behind the block: %2")
                    .arg(count(m_conversation.answers()), milliseconds(m_conversation.slowest())));
    Q_EMIT finished();
}

} // namespace Demo
