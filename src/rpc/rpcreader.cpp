// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rpc/rpcreader_p.h"

#include "rpc/rpcvaluerules_p.h"
#include "session/quotedexcerpt_p.h"
#include "session/strictjson_p.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace IpcPrims {

namespace {
enum Member { Version, Method, Params, Id, Result, ErrorObject, MemberCount };

constexpr std::array<QByteArrayView, MemberCount> MemberNamesInText
        = {"jsonrpc", "method", "params", "id", "result", "error"};

// What a value takes in memory beside its text, roughly.
constexpr qint64 CostOfValue = 64;

/// The members of a message as they stand in the text, each null if it isn't there.
struct RawMessage
{
    std::array<QByteArrayView, MemberCount> members;
    bool repeats = false; ///< One of them, so that nobody knows which is meant.
    QString loss; ///< What of its values can't be kept.
    qint64 cost = 0;

    bool has(Member member) const { return !members[member].isNull(); }
};

bool isString(QByteArrayView raw)
{
    return raw.startsWith('"');
}

QString toText(QByteArrayView raw)
{
    QByteArray utf8;
    StrictJsonReader reader(raw);
    reader.readString(&utf8);
    return QString::fromUtf8(utf8);
}

// Qt 6.4 reads an object or an array only.
QJsonValue toValue(QByteArrayView raw)
{
    if (raw.isNull())
        return QJsonValue(QJsonValue::Undefined);
    if (raw.startsWith('{'))
        return QJsonDocument::fromJson(QByteArray::fromRawData(raw.data(), raw.size())).object();
    if (raw.startsWith('['))
        return QJsonDocument::fromJson(QByteArray::fromRawData(raw.data(), raw.size())).array();
    return QJsonDocument::fromJson('[' + raw.toByteArray() + ']').array().at(0);
}

bool isVersion2(const RawMessage &raw)
{
    return isString(raw.members[Version]) && toText(raw.members[Version]) == QLatin1String("2.0");
}

bool hasGoodId(const RawMessage &raw)
{
    const QByteArrayView id = raw.members[Id];
    return !raw.repeats && id.size() <= MaxRpcIdSize && !id.startsWith('{') && !id.startsWith('[')
           && !id.startsWith('t') && !id.startsWith('f');
}

bool hasGoodParams(const RawMessage &raw)
{
    const QByteArrayView params = raw.members[Params];
    return params.isNull() || params.startsWith('{') || params.startsWith('[');
}

RpcResult badAnswer(const QString &why)
{
    return RpcResult(Error(ErrorCode::ProtocolViolation,
                           QStringLiteral("the answer is not one of JSON-RPC 2.0: ") + why));
}

RpcResult toResult(const RawMessage &raw)
{
    if (raw.repeats)
        return badAnswer(QStringLiteral("it has a member twice"));
    if (!isVersion2(raw))
        return badAnswer(QStringLiteral("it says no version, or another one"));
    if (raw.has(Result) == raw.has(ErrorObject))
        return badAnswer(QStringLiteral("it has a result and an error"));
    if (!raw.loss.isEmpty())
        return badAnswer(QStringLiteral("it can't be kept as it is, as ") + raw.loss);
    if (raw.has(Result))
        return toValue(raw.members[Result]);

    const QJsonValue error = toValue(raw.members[ErrorObject]);
    const QJsonValue code = error[QLatin1String("code")];
    const QJsonValue message = error[QLatin1String("message")];
    constexpr qint64 NoInteger = std::numeric_limits<qint64>::min();
    const qint64 number = code.toInteger(NoInteger);
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
        return badAnswer(QStringLiteral("its error has no code that is an integer of 32 bits"));
    if (!message.isString())
        return badAnswer(QStringLiteral("its error has no message"));
    RpcResult result = RpcError(int(number), message.toString(), error[QLatin1String("data")]);
    result.error = Error(ErrorCode::RequestFailed,
                         QStringLiteral("the other side answered with error %1: ").arg(number)
                                 + quotedExcerpt(result.rpcError.message));
    return result;
}

RpcMessage toMessage(const RawMessage &raw)
{
    const RpcId id = hasGoodId(raw) ? raw.members[Id].toByteArray() : RpcId();
    // Whatever looks like an answer is one, perhaps a bad one: answers are never answered.
    if (!raw.has(Method) && (raw.has(Result) || raw.has(ErrorObject)))
        return RpcResponse{id, toResult(raw)};

    if (raw.members[Id].size() > MaxRpcIdSize) {
        InvalidRpcRequest invalid;
        invalid.why = QStringLiteral("Too long an id (%1 bytes, at most %2)")
                              .arg(raw.members[Id].size())
                              .arg(MaxRpcIdSize);
        invalid.error.message = invalid.why;
        return invalid;
    }
    if (!isVersion2(raw) || !isString(raw.members[Method]) || !hasGoodParams(raw)
        || !hasGoodId(raw)) {
        InvalidRpcRequest invalid;
        invalid.id = id;
        invalid.why = raw.repeats ? QStringLiteral("it has a member twice")
                                  : QStringLiteral("neither a request nor an answer");
        return invalid;
    }
    if (!raw.loss.isEmpty()) {
        const QString why = QStringLiteral("its parameters can't be kept as they are, as ");
        return InvalidRpcRequest{
                id,
                RpcError(RpcError::InvalidParams, QStringLiteral("Invalid params: ") + raw.loss),
                why + raw.loss, !raw.has(Id)};
    }
    return RpcRequest{toText(raw.members[Method]), toValue(raw.members[Params]), id, raw.cost};
}

/// Goes through a frame once, and keeps where its messages are.
class RpcReader
{
public:
    RpcReader(QByteArrayView text, const RpcMessageLimits &limits)
        : m_reader(text)
        , m_rules(limits)
    {}

    /// More than \a batchLimit messages are counted only.
    RpcFrame read(int batchLimit);
    Error check();

private:
    RawMessage readMessage();

    StrictJsonReader m_reader;
    RpcValueRules m_rules;
};

RawMessage RpcReader::readMessage()
{
    RawMessage raw;
    if (m_reader.next() != StrictJsonReader::Next::Object) {
        m_reader.visitValue(&m_rules);
        return raw;
    }
    const qint64 valuesBefore = m_rules.valuesRead();
    m_rules.value(m_reader);
    m_reader.enterObject();
    m_rules.setOuterDepth(m_rules.outerDepth() + 1);
    QByteArray name;
    while (m_reader.nextMember(&name)) {
        const QByteArrayView value = m_reader.visitValue(&m_rules);
        const QString loss = m_rules.takeLoss();
        const auto known = std::find(MemberNamesInText.begin(), MemberNamesInText.end(), name);
        if (known == MemberNamesInText.end())
            continue;
        const auto member = Member(known - MemberNamesInText.begin());
        raw.repeats = raw.repeats || raw.has(member);
        raw.members[member] = value;
        raw.cost += value.size();
        if (member != Id && raw.loss.isEmpty()) // An id goes back as it is, whatever it is.
            raw.loss = loss;
    }
    m_rules.setOuterDepth(m_rules.outerDepth() - 1);
    raw.cost += (m_rules.valuesRead() - valuesBefore) * CostOfValue;
    return raw;
}

RpcFrame RpcReader::read(int batchLimit)
{
    RpcFrame frame;
    frame.isBatch = m_reader.next() == StrictJsonReader::Next::Array;
    std::vector<RawMessage> messages;
    qsizetype count = 1;
    if (frame.isBatch) {
        m_reader.enterArray();
        m_rules.setOuterDepth(1);
        for (count = 0; m_reader.nextElement(); ++count) {
            RawMessage message = readMessage();
            if (count < batchLimit)
                messages.push_back(std::move(message));
        }
    } else {
        messages.push_back(readMessage());
    }
    m_reader.readEnd();

    const auto refuse = [&frame](const RpcError &error, const QString &why) {
        frame.error = error;
        frame.why = why;
    };
    if (const QString limit = m_rules.exceededLimit(); !limit.isEmpty()) {
        refuse(RpcError(RpcError::InvalidRequest, QStringLiteral("Too large a message: ") + limit),
               QStringLiteral("a message exceeds JsonRpc::messageLimits(): ") + limit);
    } else if (m_reader.hasError()) {
        refuse(RpcError(RpcError::ParseError), m_reader.errorString());
    } else if (count == 0) {
        refuse(RpcError(RpcError::InvalidRequest), QStringLiteral("an empty batch"));
    } else if (count > batchLimit) {
        const QString size = QStringLiteral("(%1 entries, at most %2)").arg(count).arg(batchLimit);
        refuse(RpcError(RpcError::InvalidRequest, QStringLiteral("Too large a batch ") + size),
               QStringLiteral("too large a batch ") + size);
    } else {
        std::transform(messages.begin(), messages.end(), std::back_inserter(frame.messages),
                       toMessage);
    }
    return frame;
}

Error RpcReader::check()
{
    m_reader.visitValue(&m_rules);
    const QString limit = m_rules.exceededLimit();
    return limit.isEmpty() ? Error()
                           : Error(ErrorCode::InvalidArgument,
                                   QStringLiteral("the message exceeds JsonRpc::messageLimits(): ")
                                           + limit);
}
} // namespace

static QString tooManyBytes(qsizetype size, qint64 limit)
{
    return QStringLiteral("%1 bytes, at most %2").arg(size).arg(limit);
}

RpcFrame readRpcFrame(QByteArrayView payload, const RpcMessageLimits &limits, int batchLimit)
{
    if (payload.size() > limits.bytes) {
        const QString size = tooManyBytes(payload.size(), limits.bytes);
        return {RpcError(RpcError::InvalidRequest, QStringLiteral("Too large a message: ") + size),
                QStringLiteral("a message exceeds JsonRpc::messageLimits(): ") + size,
                false,
                {}};
    }
    return RpcReader(payload, limits).read(batchLimit);
}

Error checkRpcText(QByteArrayView text, const RpcMessageLimits &limits)
{
    if (text.size() > limits.bytes) {
        return Error(ErrorCode::PayloadTooLarge,
                     QStringLiteral("the message exceeds JsonRpc::messageLimits(): ")
                             + tooManyBytes(text.size(), limits.bytes));
    }
    // A text shorter than this can't exceed the other limits.
    if (text.size() < 2 * qsizetype(std::min(limits.depth, limits.values)))
        return {};
    return RpcReader(text, limits).check();
}

std::optional<AnsweredCall> callOfRefusedAnswer(QByteArrayView payload)
{
    constexpr qsizetype Beginning = 4 * 1024;
    StrictJsonReader reader(payload.first(std::min(payload.size(), Beginning)));
    const bool isOfBatch = reader.next() == StrictJsonReader::Next::Array;
    if (isOfBatch) {
        reader.enterArray();
        reader.nextElement();
    }
    if (reader.next() != StrictJsonReader::Next::Object)
        return std::nullopt;
    reader.enterObject();
    JsonVisitor nothing(false);
    RpcId id;
    QByteArray name;
    while (reader.nextMember(&name)) {
        if (name == "method")
            return std::nullopt;
        if (name == "result" || name == "error") {
            const auto number = callOfRpcId(id);
            return number ? std::optional(AnsweredCall{*number, isOfBatch}) : std::nullopt;
        }
        const QByteArrayView value = reader.visitValue(&nothing);
        if (name == "id")
            id = value.toByteArray();
    }
    return std::nullopt;
}

std::optional<quint64> callOfRpcId(const RpcId &id)
{
    quint64 number = 0;
    const auto [end, error] = std::from_chars(id.begin(), id.end(), number);
    if (error == std::errc() && end == id.end())
        return number;
    // Whoever knows floating-point numbers only may write the same number in another way.
    constexpr double LargestExact = 9007199254740992;
    bool isNumber = false;
    const double value = id.toDouble(&isNumber);
    if (!isNumber || value < 1 || value > LargestExact || value != double(quint64(value)))
        return std::nullopt;
    return quint64(value);
}

} // namespace IpcPrims
