// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "conversation.h"

#include "require.h"

#include "peer/blockingsession_p.h"

using namespace IpcPrims;

namespace {
// Deals with everything that has arrived.
void process(BlockingSession &session, Waiter &waiter, Conversation *conversation)
{
    for (;;) {
        Frame frame;
        while (session.take(&frame)) {
            conversation->delivered.append(frame);
            if (session.session().acceptsSend(frame.channel))
                require(!session.send(frame.channel, frame.payload, waiter, std::nullopt),
                        "an answer leaves");
        }
        if (session.hasEnded()
            || session.wait(waiter, Session::Clock::now()) != Waiter::Outcome::Ready)
            return;
    }
}
} // namespace

Conversation talkToBlockingSession(SessionRole role, const QByteArray &script, quint32 seed)
{
    Conversation conversation;
    ScriptedSocket socket(script, seed);
    SessionSettings settings;
    settings.peerId = "peer-1";
    {
        BlockingSession session(role == SessionRole::Client ? Session::Role::Client
                                                            : Session::Role::Server,
                                settings, ReceiveLimits(), socket.takeOther());
        Waiter waiter;
        while (!session.hasEnded() && socket.writeNext())
            process(session, waiter, &conversation);
        require(session.hasEnded(), "a session ends with its connection");
        conversation.hasOpened = session.hasOpened();
        conversation.channels = session.session().channels();
        conversation.end = session.endError().code();
    }
    conversation.answers = socket.readAnswers();
    return conversation;
}
