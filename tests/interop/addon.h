// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "commandedprocess.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <optional>

/*!
    The reference implementation's Node addon in a process of its own. Each function gives it one
    command; see counterpart.cjs. Nothing waits until the answer is looked at.
*/
class Addon
{
public:
    enum Style {
        Blocking, ///< The classes Listener and Peer. One thing at a time.
        Promise, ///< The classes AsyncListener and AsyncPeer.
    };

    explicit Addon(Style style);

    qint64 processId() const { return m_process.processId(); }
    void kill() { m_process.kill(); }

    Answer bind(const QString &path, const QList<quint16> &channels);
    Answer accept();
    Answer connect(const QString &path, const QList<quint16> &channels,
                   const std::optional<QByteArray> &token = std::nullopt);
    Answer takeToken();

    Answer send(quint16 channel, const QByteArray &text);
    /// A payload of \a size bytes, all of them \a fill.
    Answer send(quint16 channel, qsizetype size, char fill);
    Answer receive();
    Answer receiveOn(quint16 channel);
    /// \a count frames with the payloads "0", "1", "2"...
    Answer sendNumbered(quint16 channel, int count);
    Answer receiveNumbered(int from, int count);

    /// Answers the next \a count frames, one after the other, with "to " and their payload.
    Answer answerRequests(int count);
    /// Asks "0", "1", "2"... on COMMAND, each when the one before has its answer; or all at once.
    Answer askNumbered(int count, bool isPipelined);

    Answer ping();
    Answer shutdown();
    Answer close();

private:
    Answer command(QLatin1StringView name, QJsonObject arguments = {});

    CommandedProcess m_process;
};
