// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "addon.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qstringlist.h>

using namespace Qt::StringLiterals;

static QJsonArray toJson(const QList<quint16> &channels)
{
    QJsonArray array;
    for (const quint16 channel : channels)
        array.append(channel);
    return array;
}

Addon::Addon(Style style)
{
    m_process.start(QStringLiteral(IPCPRIMS_NODE),
                    {QStringLiteral(IPCPRIMS_COUNTERPART),
                     style == Blocking ? u"blocking"_s : u"promise"_s});
}

Answer Addon::command(QLatin1StringView name, QJsonObject arguments)
{
    arguments.insert("do"_L1, name);
    return m_process.command(arguments);
}

Answer Addon::bind(const QString &path, const QList<quint16> &channels)
{
    return command("bind"_L1, {{"path"_L1, path}, {"channels"_L1, toJson(channels)}});
}

Answer Addon::accept()
{
    return command("accept"_L1);
}

Answer Addon::connect(const QString &path, const QList<quint16> &channels,
                      const std::optional<QByteArray> &token)
{
    QJsonObject arguments = {{"path"_L1, path}, {"channels"_L1, toJson(channels)}};
    if (token)
        arguments.insert("tokenHex"_L1, QString::fromLatin1(token->toHex()));
    return command("connect"_L1, arguments);
}

Answer Addon::takeToken()
{
    return command("takeToken"_L1);
}

Answer Addon::send(quint16 channel, const QByteArray &text)
{
    return command("sendText"_L1, {{"channel"_L1, channel}, {"text"_L1, QString::fromUtf8(text)}});
}

Answer Addon::send(quint16 channel, qsizetype size, char fill)
{
    return command("sendFilled"_L1,
                   {{"channel"_L1, channel}, {"size"_L1, size}, {"fill"_L1, uchar(fill)}});
}

Answer Addon::receive()
{
    return command("receive"_L1);
}

Answer Addon::receiveOn(quint16 channel)
{
    return command("receiveOn"_L1, {{"channel"_L1, channel}});
}

Answer Addon::sendNumbered(quint16 channel, int count)
{
    return command("sendNumbered"_L1, {{"channel"_L1, channel}, {"count"_L1, count}});
}

Answer Addon::receiveNumbered(int from, int count)
{
    return command("receiveNumbered"_L1, {{"from"_L1, from}, {"count"_L1, count}});
}

Answer Addon::answerRequests(int count)
{
    return command("answerRequests"_L1, {{"count"_L1, count}});
}

Answer Addon::askNumbered(int count, bool isPipelined)
{
    return command("askNumbered"_L1, {{"count"_L1, count}, {"isPipelined"_L1, isPipelined}});
}

Answer Addon::ping()
{
    return command("ping"_L1);
}

Answer Addon::shutdown()
{
    return command("shutdown"_L1);
}

Answer Addon::close()
{
    return command("close"_L1);
}
