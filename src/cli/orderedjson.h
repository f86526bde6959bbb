// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace IpcPrims::Tool {

/*!
    Writes one line of JSON whose members keep the order they are given in. The output formats
    promise that order; QJsonObject would sort them.
*/
class OrderedJson
{
    Q_DISABLE_COPY_MOVE(OrderedJson)

public:
    OrderedJson()
        : m_writer(m_buffer)
    {}

    void beginObject() { m_writer.StartObject(); }
    void endObject() { m_writer.EndObject(); }
    void beginArray() { m_writer.StartArray(); }
    void endArray() { m_writer.EndArray(); }

    /// The name of the member that comes next.
    OrderedJson &key(const char *name);

    void value(const QString &text);
    void value(qint64 number) { m_writer.Int64(number); }
    void value(double number) { m_writer.Double(number); }
    void value(bool truth) { m_writer.Bool(truth); }
    void value(std::nullptr_t) { m_writer.Null(); }
    void value(const char *) = delete; // It would become a bool.

    /// The finished text with a line end.
    QByteArray line() const;

private:
    rapidjson::StringBuffer m_buffer;
    rapidjson::Writer<rapidjson::StringBuffer> m_writer;
};

} // namespace IpcPrims::Tool
