// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Two sessions that talk to each other, with everything that their applications, the time and the
// connection can do in any order; and with frames in between that neither of them has sent.

#include "require.h"
#include "sessionside.h"

#include <fuzzer/FuzzedDataProvider.h>

using namespace IpcPrims;
using namespace std::chrono_literals;

namespace {
const QList<QList<quint16>> ChannelLists = {
        {1, 2, 3, 4}, {1}, {4, 3, 256}, {65535, 1, 1, 1}, {300}, {2, 256, 1},
};

SessionSettings settings(FuzzedDataProvider &script)
{
    SessionSettings settings;
    settings.terms.version.minor = script.ConsumeIntegralInRange<quint16>(0, 1);
    settings.terms.channels
            = ChannelLists[script.ConsumeIntegralInRange<int>(0, int(ChannelLists.size()) - 1)];
    settings.peerId = "peer-1";
    settings.asksForAuthorization = script.ConsumeBool();
    if (script.ConsumeBool())
        settings.authToken = "token";
    return settings;
}

class Conversation
{
public:
    explicit Conversation(FuzzedDataProvider &script)
        : m_script(script)
        , m_clientSettings(settings(script))
        , m_serverSettings(settings(script))
        , m_client(Session::Role::Client, m_clientSettings, m_now)
        , m_server(Session::Role::Server, m_serverSettings, m_now)
    {}

    void run()
    {
        while (m_script.remaining_bytes() > 0)
            act();
        finish();
        if (m_isUndisturbed)
            checkUndisturbed();
    }

private:
    enum class Act { Deliver, Data, Ping, ShutDown, Wait, Answer, Abandon, Cut, Inject, Flood };

    quint16 pickChannel()
    {
        return m_script.PickValueInArray<quint16>({1, 2, 3, 4, 256, 300, 65535, 0});
    }

    void act()
    {
        const bool isClient = m_script.ConsumeBool();
        SessionSide &side = isClient ? m_client : m_server;
        SessionSide &other = isClient ? m_server : m_client;
        switch (m_script.ConsumeIntegralInRange<int>(0, 9)) {
        case int(Act::Deliver):
            deliver(side, other);
            break;
        case int(Act::Data):
            side.sendData(pickChannel());
            break;
        case int(Act::Ping):
            side.ping(m_now, m_script.PickValueInArray({5000ms, 0ms, 1ms}));
            break;
        case int(Act::ShutDown):
            side.shutDown(m_now);
            break;
        case int(Act::Wait):
            m_isUndisturbed = false;
            m_now += m_script.PickValueInArray({1ms, 4999ms, 5000ms, 5001ms});
            m_client.pass(m_now);
            m_server.pass(m_now);
            break;
        case int(Act::Answer):
            m_isUndisturbed = false;
            side.answerAuthorization(m_script.ConsumeBool() ? QList<quint16>{pickChannel(), 1}
                                                            : QList<quint16>());
            break;
        case int(Act::Abandon):
            m_isUndisturbed = false;
            side.abandon();
            break;
        case int(Act::Cut):
            m_isUndisturbed = false;
            side.endStream(m_now);
            break;
        case int(Act::Inject):
            m_isUndisturbed = false;
            inject(side);
            break;
        case int(Act::Flood):
            flood(side);
            break;
        }
    }

    // Once, as it takes its time.
    void flood(SessionSide &side)
    {
        if (m_hasFlooded)
            return;
        m_hasFlooded = true;
        m_isUndisturbed = false;
        for (int i = 0; i <= MaxControlFramesInARow; ++i)
            side.receive({Channel::Control, R"({"type":"ping"})"}, m_now);
        require(side.hasEnded(), "a flood of control frames ends the session");
    }

    void inject(SessionSide &side)
    {
        constexpr const char *texts[] = {
                R"({"type":"ping"})",
                R"({"type":"pong"})",
                R"({"type":"shutdown_request"})",
                R"({"type":"shutdown_request","payload":{"reason":"why"}})",
                R"({"type":"shutdown_ack"})",
                R"({"type":"shutdown_force"})",
                R"({"type":"other"})",
                R"({"protocol":"ipcprims","version":"1.0","channels":[1,2],"peer_id":"peer-7"})",
                R"({"protocol":"ipcprims","version":"1.1","channels":[1,2,300]})",
        };
        const QByteArray text
                = m_script.ConsumeBool()
                          ? QByteArray(m_script.PickValueInArray(texts))
                          : QByteArray::fromStdString(m_script.ConsumeRandomLengthString(40));
        const quint16 channel = m_script.ConsumeBool() ? quint16(Channel::Control) : pickChannel();
        side.receive({channel, text}, m_now);
    }

    // The next frame, or the end of the stream once there is none. A session that has ended closes
    // it, after what was accepted before.
    bool deliver(SessionSide &from, SessionSide &to)
    {
        // What comes while an answer is decided about waits in the socket.
        if (to.session().state() == SessionSide::State::Authorizing)
            return false;
        if (const auto frame = from.takeOutgoing()) {
            to.receive(*frame, m_now);
            return true;
        }
        if (!from.hasEnded() || to.hasEnded())
            return false;
        to.endStream(m_now);
        return true;
    }

    // Lets all that was said arrive, and ask an authorizer that has not answered yet.
    void finish()
    {
        for (;;) {
            if (m_server.session().state() == SessionSide::State::Authorizing)
                m_server.answerAuthorization({1, 2, 3, 4, 256, 300, 65535});
            if (!deliver(m_client, m_server) && !deliver(m_server, m_client))
                return;
        }
    }

    bool canAgree() const
    {
        if (m_clientSettings.terms.version.minor < m_serverSettings.terms.version.minor)
            return false;
        for (const quint16 channel : m_clientSettings.terms.channels) {
            if (m_serverSettings.terms.channels.contains(channel))
                return true;
        }
        return false;
    }

    // What two peers can rely on that both keep to the rules, over a connection that holds.
    void checkUndisturbed()
    {
        if (!canAgree()) {
            require(!m_client.hasOpened() && !m_server.hasOpened() && m_client.hasEnded()
                            && m_client.end().code() == ErrorCode::HandshakeRefused,
                    "without agreement there is no session");
            return;
        }
        require(m_client.hasOpened() && m_server.hasOpened(), "both sides agree");
        require(m_client.session().channels() == m_server.session().channels(),
                "both sides have the same channels");
        const bool isShutDown = m_client.hasAskedToShutDown() || m_server.hasAskedToShutDown();
        require(m_client.hasEnded() == isShutDown && m_server.hasEnded() == isShutDown,
                "a session ends when one side asks, and not without");
        require(m_client.sentCount() == m_server.deliveredCount()
                        && m_server.sentCount() == m_client.deliveredCount(),
                "all that was accepted arrives");
        if (!isShutDown)
            return;
        checkEnd(m_client);
        checkEnd(m_server);
    }

    static void checkEnd(const SessionSide &side)
    {
        const ErrorCode code = side.end().code();
        if (side.hasAskedToShutDown())
            require(code == ErrorCode::NoError, "who asked to shut down ends without an error");
        else
            require(code == ErrorCode::ShutdownRequested && side.wasAskedToShutDown(),
                    "who was asked to shut down is told so");
    }

    FuzzedDataProvider &m_script;
    const SessionSettings m_clientSettings;
    const SessionSettings m_serverSettings;
    Session::Instant m_now = Session::Instant() + 1h;
    SessionSide m_client;
    SessionSide m_server;
    bool m_isUndisturbed = true;
    bool m_hasFlooded = false;
};
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    FuzzedDataProvider script(data, size);
    Conversation(script).run();
    return 0;
}
