// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/requestfailure_p.h"

#include "session/quotedexcerpt_p.h"
#include "session/strictjson_p.h"

#include <array>

namespace IpcPrims {

// In characters: as much as the other side may see, or log.
static constexpr qsizetype MaxTextLength = 1024;

// Whatever is much longer than ours is something else.
static constexpr qsizetype MaxSize = 16 * 1024;

QByteArray RequestFailure::toJson() const
{
    QByteArray json = "{\"error\":";
    appendJsonString(&json, QString::fromUtf8(text).left(MaxTextLength).toUtf8());
    return json + ",\"request\":" + QByteArray::number(request) + '}';
}

Reply RequestFailure::toReply() const
{
    return {Error(ErrorCode::RequestFailed, QStringLiteral("the other side failed to answer: %1")
                                                    .arg(quotedExcerpt(QUtf8StringView(text)))),
            text};
}

std::optional<RequestFailure> RequestFailure::fromJson(QByteArrayView json)
{
    if (json.size() > MaxSize)
        return std::nullopt;
    RequestFailure failure;
    StrictJsonReader reader(json);
    JsonVisitor nothing(false);
    std::array<StrictJsonReader::Member, 2> members
            = {{{"error", true, [&] { reader.readString(&failure.text); }},
                {"request", true, [&] {
                     // None that isn't a whole number, as it stands in the text.
                     failure.request = reader.visitValue(&nothing).toULongLong();
                 }}}};
    reader.readObject(members);
    reader.readEnd();
    if (reader.hasError() || failure.request < 1)
        return std::nullopt;
    return failure;
}

} // namespace IpcPrims
