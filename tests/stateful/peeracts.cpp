// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peeracts.h"

#include <IpcPrims/peerhealth.h>

#include <QtCore/qjsonarray.h>

using namespace IpcPrims;

static constexpr size_t MaxWaitingRequests = 1000;

PeerActs::PeerActs(Model *model, int threads)
    : m_model(model)
    , m_streams(model)
{
    for (int i = 0; i < threads; ++i)
        m_sending.push_back(std::make_unique<WorkThread>());
}

PeerActs::~PeerActs()
{
    dropAnswers();
}

void PeerActs::prepare(Peer *peer)
{
    peer->setUnsentFrames(TestChannel::KeptFrames, Peer::UnsentFrames::Keep);
    auto *const rpc = new JsonRpc(peer, TestChannel::Rpc, peer);
    rpc->setMethod(QStringLiteral("echo"),
                   [](const QJsonValue &params) -> RpcResult { return params[0]; });
    rpc->setMethod(QStringLiteral("soon"), [this](const RpcCall &call) {
        m_answering.start([call] { call.reply(call.params()[0]); });
    });
}

JsonRpc *PeerActs::rpcOf(Peer *peer)
{
    return peer->findChild<JsonRpc *>(QString(), Qt::FindDirectChildrenOnly);
}

void PeerActs::serve(Peer *peer)
{
    m_streams.read(peer);
    peer->setAnswersFailedRequests(true);
    peer->setRequestHandler([this](const Request &request) {
        switch (m_model->choice.below(4)) {
        case 0:
            if (m_requests.size() < MaxWaitingRequests)
                m_requests.push_back(request);
            break;
        case 1:
            m_answering.start([request] { request.reply(request.payload()); });
            break;
        case 2:
            if (m_model->choice.oneIn(10))
                break; // Dropped: it has failed.
            [[fallthrough]];
        default:
            request.reply(request.payload());
        }
    });
}

void PeerActs::answerOne()
{
    if (m_requests.empty())
        return;
    const auto place = m_requests.begin() + m_model->choice.below(qint64(m_requests.size()));
    const Request request = *place;
    m_requests.erase(place);
    request.reply(request.payload());
}

void PeerActs::dropAnswers()
{
    m_requests.clear();
}

quint16 PeerActs::frameChannel()
{
    return m_model->choice.oneOf(
            {TestChannel::Frames, TestChannel::MoreFrames, TestChannel::KeptFrames});
}

std::chrono::milliseconds PeerActs::timeout()
{
    return std::chrono::milliseconds(m_model->choice.oneOf({0, 1, 50, 2000}));
}

void PeerActs::sendFrames(PeerWatch *watch)
{
    Choice &choice = m_model->choice;
    const qint64 count = 1 + choice.below(choice.oneOf({1, 4, 40}));
    m_model->journal.note(QStringLiteral("end %1 sends %2 frames").arg(watch->end()).arg(count));
    for (qint64 i = 0; i < count; ++i) {
        if (!m_sending.empty() && choice.oneIn(3)) {
            const qint64 thread = choice.below(qint64(m_sending.size()));
            m_sending[thread]->start(
                    [end = watch->sending(), number = quint16(thread + 1), channel = frameChannel(),
                     size = choice.payloadSize()] { end->send(number, channel, size); });
        } else {
            sendFrame(watch);
        }
    }
}

void PeerActs::sendFrame(PeerWatch *watch)
{
    Choice &choice = m_model->choice;
    const quint16 channel = frameChannel();
    const qint64 size = choice.payloadSize();
    if (!choice.oneIn(6))
        return watch->sending()->send(0, channel, size);
    const auto policy = choice.oneOf({SlowPeerPolicy::DropNewest, SlowPeerPolicy::DropOldest,
                                      SlowPeerPolicy::KeepLatest, SlowPeerPolicy::Disconnect});
    watch->send(channel, size, policy);
}

void PeerActs::call(PeerWatch *watch)
{
    JsonRpc *const rpc = rpcOf(watch->peer());
    if (!rpc)
        return;
    m_model->journal.note(QStringLiteral("end %1 calls").arg(watch->end()));
    const qint64 number = ++m_calls;
    const QString method = m_model->choice.oneOf({QStringLiteral("echo"), QStringLiteral("soon")});
    m_model->results.add(rpc->call(method, QJsonArray{number}, timeout()),
                         [number](const RpcResult &result) {
                             if (result.error || result.value.toInteger() == number)
                                 return QString();
                             return QStringLiteral("call %1 got the answer of call %2")
                                     .arg(number)
                                     .arg(result.value.toInteger());
                         });
}

void PeerActs::request(PeerWatch *watch)
{
    m_model->journal.note(QStringLiteral("end %1 requests").arg(watch->end()));
    const QByteArray payload = QByteArray::number(++m_calls)
                               + QByteArray(m_model->choice.oneOf({1, 1, 1, 20'000}), '.');
    m_model->replies.add(watch->peer()->request(payload, timeout()), [payload](const Reply &reply) {
        if (reply.error || reply.payload == payload)
            return QString();
        return QStringLiteral("a request got the answer of another one");
    });
}

void PeerActs::ping(PeerWatch *watch)
{
    m_model->journal.note(QStringLiteral("end %1 pings").arg(watch->end()));
    m_model->pings.add(watch->peer()->ping(timeout()));
}

void PeerActs::act(PeerWatch *watch)
{
    const bool isClient = watch->role() == PeerWatch::Role::Client;
    Choice &choice = m_model->choice;
    Peer *const peer = watch->peer();
    const PeerWatch::Call call(watch);
    switch (choice.below(24)) {
    case 0:
        return peer->flush();
    case 1: {
        const bool isReceiving = !choice.oneIn(3);
        m_model->journal.note(
                QStringLiteral("end %1 %2")
                        .arg(QString::number(watch->end()),
                             isReceiving ? QStringLiteral("receives") : QStringLiteral("pauses")));
        return peer->setReceiving(isReceiving);
    }
    case 2:
        return ping(watch);
    case 3:
    case 4:
        return isClient ? request(watch) : answerOne();
    case 5:
    case 6:
        return this->call(watch);
    case 7: {
        const qint64 high = choice.oneOf<qint64>({1, 5'000, 300'000, MaxPayloadSize});
        m_model->journal.note(
                QStringLiteral("end %1 has its mark at %2").arg(watch->end()).arg(high));
        return peer->setSendWaterMarks(high, choice.below(high));
    }
    case 8:
        return watch->receiveByHandler(choice.oneIn(2));
    case 9:
    case 10:
        if (isClient)
            m_streams.write(watch);
        return;
    case 13:
        return peer->health()->setHeartbeat(std::chrono::milliseconds(choice.oneOf({0, 5, 50})), 3);
    case 11:
        if (!choice.oneIn(8))
            return;
        m_model->journal.note(QStringLiteral("end %1 closes").arg(watch->end()));
        return watch->close();
    case 12:
        if (!choice.oneIn(8))
            return;
        m_model->journal.note(QStringLiteral("end %1 aborts").arg(watch->end()));
        watch->willCut();
        return peer->abort();
    default:
        return sendFrames(watch);
    }
}
