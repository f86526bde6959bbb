// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcvaluerules_p.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qlocale.h>
#include <QtCore/qnumeric.h>

#include <algorithm>

namespace IpcPrims {

// Whether QJsonValue holds the number that \a token stands for. A fraction is rounded to a double,
// as everywhere; an integer that would be altered is another number.
static bool isKept(QByteArrayView token)
{
    // What is this short is in range whatever its digits are.
    constexpr qsizetype ShortInteger = 18;
    constexpr qsizetype ShortFraction = 300;

    const bool hasExponent = token.contains('e') || token.contains('E');
    const bool isInteger = !hasExponent && !token.contains('.');
    if (token.size() <= (isInteger ? ShortInteger : ShortFraction) && !hasExponent)
        return true;
    bool isOk = false;
    if (isInteger) {
        static_cast<void>(token.toLongLong(&isOk));
        if (isOk)
            return true;
    }
    const double number = token.toDouble(&isOk);
    if (!isOk || !qIsFinite(number))
        return false;
    if (!isInteger)
        return true;
    // Larger integers are kept if they are a double's value, or the way in which one is written.
    return QByteArray::number(number, 'f', 0) == token
           || QByteArray::number(number, 'f', QLocale::FloatingPointShortest) == token;
}

void RpcValueRules::exceeded(StrictJsonReader &reader, const QString &limit)
{
    if (reader.hasError())
        return;
    m_exceededLimit = limit;
    reader.fail(limit);
}

void RpcValueRules::value(StrictJsonReader &reader)
{
    if (++m_values > m_limits.values)
        exceeded(reader, QStringLiteral("more than %1 values").arg(m_limits.values));
}

void RpcValueRules::entered(StrictJsonReader &reader, qsizetype depth)
{
    m_names.enter();
    if (m_outerDepth + depth > m_limits.depth)
        exceeded(reader, QStringLiteral("nested deeper than %1 levels").arg(m_limits.depth));
}

void RpcValueRules::left(StrictJsonReader &)
{
    if (m_names.leave() && m_loss.isEmpty())
        m_loss = QStringLiteral("an object has a name twice");
}

void RpcValueRules::member(StrictJsonReader &, QByteArrayView utf8)
{
    m_names.add(utf8);
}

void RpcValueRules::number(StrictJsonReader &, QByteArrayView token)
{
    if (!isKept(token) && m_loss.isEmpty())
        m_loss = QStringLiteral("a number is beyond 64 bits, or the range of a double");
}

bool hasJsonText(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Double:
        return qIsFinite(value.toDouble());
    case QJsonValue::String:
        return value.toString().isValidUtf16();
    case QJsonValue::Array: {
        const QJsonArray array = value.toArray();
        return std::all_of(array.begin(), array.end(),
                           [](const QJsonValue &element) { return hasJsonText(element); });
    }
    case QJsonValue::Object: {
        const QJsonObject object = value.toObject();
        for (auto it = object.begin(); it != object.end(); ++it) {
            if (!it.key().isValidUtf16() || !hasJsonText(it.value()))
                return false;
        }
        return true;
    }
    default:
        return true;
    }
}

} // namespace IpcPrims
