// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The same bytes, cut into the same pieces, through a Peer and through a blocking session: they
// deliver the same frames, give the same answers and end for the same reason.

#include "conversation.h"
#include "require.h"

#include <QtCore/qcoreapplication.h>

#include <cstdio>

using namespace IpcPrims;

namespace {
void print(const char *name, const Conversation &conversation)
{
    std::fprintf(stderr, "%s: opened %d, ended with %d\n", name, int(conversation.hasOpened),
                 int(conversation.end));
    for (const Frame &frame : conversation.delivered)
        std::fprintf(stderr, "  got %d %s\n", frame.channel, frame.payload.toHex().constData());
    for (const Frame &frame : conversation.answers)
        std::fprintf(stderr, "  answered %d %s\n", frame.channel, frame.payload.constData());
}
} // namespace

extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static QCoreApplication app(*argc, *argv);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const quint8 *data, size_t size)
{
    if (size == 0)
        return 0;
    // The first byte says who the script talks to.
    const SessionRole role = data[0] == 'c' ? SessionRole::Client : SessionRole::Server;
    const QByteArray script(reinterpret_cast<const char *>(data + 1), qsizetype(size) - 1);
    const quint32 seed = 1 + qChecksum(script);

    const Conversation withPeer = talkToPeer(role, script, seed);
    const Conversation withBlocking = talkToBlockingSession(role, script, seed);
    if (withPeer == withBlocking)
        return 0;
    print("Peer", withPeer);
    print("BlockingSession", withBlocking);
    require(false, "both implementations of a session do the same");
    return 0;
}
