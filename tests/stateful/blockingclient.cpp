// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "blockingclient.h"

using namespace IpcPrims;
using namespace std::chrono_literals;

// The other side may not be reading for a while; a test that fails waits as long.
static constexpr std::chrono::milliseconds Patience = 30s;

BlockingClient::BlockingClient(Model *model, const Endpoint &endpoint, quint64 seed)
    : m_model(model)
    , m_endpoint(endpoint)
    , m_end(++model->lastEnd)
    , m_choice(seed)
    , m_thread([this] { work(); })
{}

BlockingClient::~BlockingClient()
{
    windUp();
    m_peer.cancel();
    m_thread.join();
}

void BlockingClient::work()
{
    m_peer.setRequestedChannels(TestChannel::all());
    m_peer.setConnectTimeout(Patience);
    for (int attempt = 1; !m_isWindingUp; ++attempt) {
        // Its session may be known here before it is in the server's thread.
        const QByteArray token
                = "blocking-" + QByteArray::number(m_end) + '-' + QByteArray::number(attempt);
        m_peer.setAuthToken(token);
        if (m_peer.connectToServer(m_endpoint)) {
            std::this_thread::sleep_for(1ms);
            continue;
        }
        ++m_session;
        m_model->sessions.clientOpened(m_end, m_session, token, m_peer.peerId());
        playSession();
    }
    m_isAtRest = true;
}

void BlockingClient::note(const QString &what)
{
    m_model->journal.note(QStringLiteral("blocking end %1 %2").arg(QString::number(m_end), what));
}

void BlockingClient::playSession()
{
    note(QStringLiteral("is in session ") + m_peer.peerId());
    const qint64 steps = 1 + m_choice.below(300);
    m_takesAnyChannel = m_choice.oneIn(2);
    for (qint64 i = 0; i < steps && !m_isWindingUp; ++i) {
        if (!act())
            return;
    }
    if (m_choice.oneIn(2))
        shutDown();
    else
        abort();
}

bool BlockingClient::act()
{
    switch (m_choice.below(8)) {
    case 0:
        return m_takesAnyChannel ? receive() : ping();
    case 1:
        return m_takesAnyChannel ? receive() : request();
    case 2:
    case 3:
        return receive();
    default:
        return send();
    }
}

bool BlockingClient::send()
{
    const quint16 channel = m_choice.oneOf({TestChannel::Frames, TestChannel::MoreFrames});
    const QByteArray payload
            = m_model->ledger.offer({m_end, 0, channel, m_session, false}, m_choice.payloadSize());
    const Error error = m_choice.oneIn(2) ? m_peer.gather(channel, payload)
                                          : m_peer.send(channel, payload, 20ms);
    if (error)
        m_model->ledger.refused(payload);
    else
        m_model->ledger.accepted(payload, m_session);
    return goesOn(error);
}

bool BlockingClient::receive()
{
    Frame frame;
    const std::chrono::milliseconds wait(m_choice.below(3));
    const Error error = m_takesAnyChannel
                                ? m_peer.receive(&frame, wait)
                                : m_peer.receiveOn(m_choice.oneOf({TestChannel::Frames,
                                                                   TestChannel::MoreFrames,
                                                                   TestChannel::KeptFrames}),
                                                   &frame, wait);
    if (!error)
        take(frame);
    return goesOn(error);
}

void BlockingClient::take(const Frame &frame)
{
    if (TestChannel::isOfLedger(frame.channel))
        m_model->ledger.delivered(m_end, frame.channel, frame.payload);
}

bool BlockingClient::request()
{
    const QByteArray payload = "from " + QByteArray::number(m_end) + ": "
                               + QByteArray::number(m_choice.below(1'000'000'000));
    const Reply reply = m_peer.request(payload, std::chrono::milliseconds(m_choice.below(30)));
    if (!reply.error && reply.payload != payload)
        m_model->journal.violation(QStringLiteral("a request got the answer of another one"));
    return reply.error.code() == ErrorCode::RequestFailed || goesOn(reply.error);
}

bool BlockingClient::ping()
{
    return goesOn(m_peer.ping(std::chrono::milliseconds(m_choice.below(30))).error);
}

bool BlockingClient::goesOn(const Error &error)
{
    switch (error.code()) {
    case ErrorCode::NoError:
    case ErrorCode::Timeout:
        return true;
    case ErrorCode::BufferFull: // That one is lost, and the caller knows.
        m_model->sessions.cut(m_end, m_session);
        return true;
    case ErrorCode::ShutdownRequested:
    case ErrorCode::Disconnected:
    case ErrorCode::TruncatedFrame:
        endedBy(error);
        return false;
    default:
        m_model->journal.violation(QStringLiteral("a blocking client: ") + error.message());
        abort();
        return false;
    }
}

// By the other side.
void BlockingClient::endedBy(const Error &error)
{
    note(QStringLiteral("was ended: ") + error.message());
    takeRest();
    m_model->ledger.excuse(m_end, m_session);
    m_peer.abort();
}

void BlockingClient::shutDown()
{
    note(QStringLiteral("shuts down"));
    if (m_peer.shutdown(QStringLiteral("enough"), Patience)) {
        note(QStringLiteral("could not shut down"));
        m_model->ledger.excuse(m_end, m_session);
        m_model->sessions.cut(m_end, m_session);
    }
    takeRest();
}

void BlockingClient::abort()
{
    note(QStringLiteral("aborts"));
    m_model->sessions.cut(m_end, m_session);
    m_model->ledger.excuse(m_end, m_session);
    m_peer.abort();
}

// What was received and not yet taken.
void BlockingClient::takeRest()
{
    Frame frame;
    const auto takeAll = [&](const auto &receiveOne) {
        for (;;) {
            const Error error = receiveOne();
            if (!error)
                take(frame);
            else if (error.code() == ErrorCode::BufferFull)
                m_model->sessions.cut(m_end, m_session);
            else
                return;
        }
    };
    if (m_takesAnyChannel)
        takeAll([&] { return m_peer.receive(&frame, 0ms); });
    for (const quint16 channel : TestChannel::all())
        takeAll([&] { return m_peer.receiveOn(channel, &frame, 0ms); });
}
