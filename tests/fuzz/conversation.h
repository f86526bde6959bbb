// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "transport/filedescriptor_p.h"

#include <IpcPrims/error.h>
#include <IpcPrims/frame.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <functional>
#include <random>

/// What came of a session: one run of the same bytes through one of its implementations.
struct Conversation
{
    bool hasOpened = false;
    QList<quint16> channels;
    QList<IpcPrims::Frame> delivered;
    IpcPrims::ErrorCode end = IpcPrims::ErrorCode::NoError;
    /// What was sent back, in the order of the channel it was sent on.
    QList<IpcPrims::Frame> answers;

    bool operator==(const Conversation &) const = default;
};

/// The other end of a session's socket, which writes a script in pieces.
class ScriptedSocket
{
public:
    /// The pieces are the same for the same \a seed.
    ScriptedSocket(QByteArray script, quint32 seed);

    /// The session's end.
    IpcPrims::FileDescriptor takeOther() { return std::move(m_other); }
    /// Writes the next piece, and after the last one nothing any more. False when that is done.
    bool writeNext();
    /// Writes the first frame of the script as a whole, unless that was done.
    void writeHandshake();
    /// What the session has written, once it has closed its end.
    QList<IpcPrims::Frame> readAnswers();

private:
    IpcPrims::FileDescriptor m_own;
    IpcPrims::FileDescriptor m_other;
    const QByteArray m_script;
    qsizetype m_written = 0;
    std::minstd_rand m_random;
    const qsizetype m_largestPiece;
    bool m_isDone = false;
};

enum class SessionRole { Client, Server };

/// Runs a script through a Peer. Sends each frame back as it arrives.
Conversation talkToPeer(SessionRole role, const QByteArray &script, quint32 seed);
/// The same through a BlockingSession.
Conversation talkToBlockingSession(SessionRole role, const QByteArray &script, quint32 seed);
