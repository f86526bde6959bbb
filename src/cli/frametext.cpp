// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/frametext.h"

#include "cli/displaytext.h"
#include "cli/orderedjson.h"

#include <IpcPrims/protocol.h>

#include <QtCore/qdatetime.h>

#include <array>

namespace IpcPrims::Tool {

namespace {

// Fixed, because a table of frames grows for as long as they come. 80 columns with the lines.
constexpr std::array<int, 4> ColumnWidths = {13, 8, 10, 36};

QString cell(const QString &text, int width)
{
    // Nobody sees the rest of a large payload, so it isn't made displayable either.
    const QString shown = displayText(text.left(width + 1));
    if (shown.size() <= width)
        return shown.leftJustified(width);
    return shown.left(width - 1) + QChar(0x2026);
}

QByteArray tableRow(const std::array<QString, 4> &texts)
{
    QString row;
    for (size_t column = 0; column < texts.size(); ++column)
        row += QStringLiteral("| ") + cell(texts[column], ColumnWidths[column]) + u' ';
    return row.toUtf8() + "|\n";
}

QByteArray tableLine()
{
    QByteArray line;
    for (const int width : ColumnWidths)
        line += '+' + QByteArray(width + 2, '-');
    return line + "+\n";
}

QString channelText(quint16 channel)
{
    return QStringLiteral("%1 (%2)").arg(channel).arg(Channel::name(channel));
}

QByteArray json(const ReceivedFrame &frame)
{
    OrderedJson json;
    json.beginObject();
    json.key("schema_id")
            .value(QStringLiteral("https://schemas.3leaps.dev/ipcprims/cli/v1/"
                                  "frame-received.schema.json"));
    json.key("channel").value(qint64(frame.channel));
    json.key("channel_name").value(Channel::name(frame.channel));
    json.key("payload_size").value(qint64(frame.payload.size()));
    json.key("payload").value(payloadText(frame.payload));
    json.key("peer_id").value(frame.peerId);
    json.key("timestamp").value(QString::number(QDateTime::currentSecsSinceEpoch()));
    json.endObject();
    return json.line();
}

QByteArray pretty(const ReceivedFrame &frame)
{
    return QStringLiteral("channel=%1 size=%2 peer=%3 payload=%4\n")
            .arg(channelText(frame.channel), QString::number(frame.payload.size()),
                 displayText(frame.peerId), displayText(payloadText(frame.payload)))
            .toUtf8();
}

} // namespace

QByteArray FrameText::format(const ReceivedFrame &frame)
{
    switch (m_format) {
    case OutputFormat::Json:
        return json(frame);
    case OutputFormat::Pretty:
        return pretty(frame);
    case OutputFormat::Raw:
        return frame.payload;
    case OutputFormat::Table:
        break;
    }
    QByteArray text;
    if (!m_tableBegun) {
        m_tableBegun = true;
        text = tableLine()
               + tableRow({QStringLiteral("CHANNEL"), QStringLiteral("SIZE"),
                           QStringLiteral("PEER"), QStringLiteral("PAYLOAD")})
               + tableLine();
    }
    return text
           + tableRow({channelText(frame.channel), QString::number(frame.payload.size()),
                       frame.peerId, payloadText(frame.payload)});
}

QByteArray FrameText::end() const
{
    return m_tableBegun ? tableLine() : QByteArray();
}

} // namespace IpcPrims::Tool
