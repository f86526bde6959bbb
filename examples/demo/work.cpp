// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "work.h"

#include <IpcPrims/Channel>

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonDocument>

namespace Demo {

QJsonObject makeAddition(int id)
{
    return {{QStringLiteral("command"), QStringLiteral("add")},
            {QStringLiteral("id"), id},
            {QStringLiteral("a"), 3 * id},
            {QStringLiteral("b"), 1000 - id}};
}

bool isSum(const QJsonObject &answer)
{
    return answer.contains(QStringLiteral("sum"));
}

bool isSumOf(int id, const QJsonObject &answer)
{
    return answer
           == QJsonObject{{QStringLiteral("id"), id}, {QStringLiteral("sum"), 1000 + 2 * id}};
}

QByteArray makeBlock()
{
    QByteArray block(IpcPrims::MaxPayloadSize, Qt::Uninitialized);
    quint32 state = 1;
    for (char &byte : block) {
        state = state * 1664525 + 1013904223; // a linear congruential generator
        byte = static_cast<char>(state >> 24);
    }
    return block;
}

QByteArray inverted(QByteArray block)
{
    for (char &byte : block)
        byte = static_cast<char>(~byte);
    return block;
}

QByteArray sha256(const QByteArray &block)
{
    return QCryptographicHash::hash(block, QCryptographicHash::Sha256).toHex();
}

QJsonObject makeSample(int index)
{
    return {{QStringLiteral("sample"), index}, {QStringLiteral("load"), index * 37 % 101}};
}

QJsonObject fromPayload(const QByteArray &payload)
{
    return QJsonDocument::fromJson(payload).object();
}

} // namespace Demo
