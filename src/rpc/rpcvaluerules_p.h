// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "rpc/membernames_p.h"
#include "session/strictjson_p.h"

#include <IpcPrims/rpcmessagelimits.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qjsonvalue.h>
#include <QtCore/qstring.h>

#include <vector>

namespace IpcPrims {

/*!
    What the values of a message are checked for while they are read, before they are built: that
    the message keeps its limits, without which the reader fails, and that QJsonValue can hold each
    value as it is. That one holds integers of 64 bits and the numbers of a double; of an object
    that repeats a name it would lose members.
*/
class RpcValueRules final : public JsonVisitor
{
public:
    explicit RpcValueRules(const RpcMessageLimits &limits)
        : JsonVisitor(true)
        , m_limits(limits)
    {}

    /// How many containers are open around what is visited.
    void setOuterDepth(qsizetype depth) { m_outerDepth = depth; }
    qsizetype outerDepth() const { return m_outerDepth; }

    /// Members and elements so far.
    qint64 valuesRead() const { return m_values; }
    /// Which limit was exceeded, if the reader has failed for that.
    QString exceededLimit() const { return m_exceededLimit; }
    /// What of the values since the last call QJsonValue can't hold; empty if it can hold all.
    QString takeLoss() { return std::exchange(m_loss, {}); }

    void value(StrictJsonReader &reader) override;
    void entered(StrictJsonReader &reader, qsizetype depth) override;
    void left(StrictJsonReader &reader) override;
    void member(StrictJsonReader &reader, QByteArrayView utf8) override;
    void number(StrictJsonReader &reader, QByteArrayView token) override;

private:
    void exceeded(StrictJsonReader &reader, const QString &limit);

    const RpcMessageLimits m_limits;
    qsizetype m_outerDepth = 0;
    qint64 m_values = 0;
    QString m_exceededLimit;
    QString m_loss;
    MemberNames m_names; // An array has none.
};

/// Whether a JSON text can say what \a value holds: not numbers that are no number or infinite, nor
/// half a surrogate pair.
bool hasJsonText(const QJsonValue &value);

} // namespace IpcPrims
