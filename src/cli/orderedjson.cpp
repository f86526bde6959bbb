// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/orderedjson.h"

namespace IpcPrims::Tool {

OrderedJson &OrderedJson::key(const char *name)
{
    m_writer.Key(name);
    return *this;
}

void OrderedJson::value(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    m_writer.String(utf8.constData(), rapidjson::SizeType(utf8.size()));
}

QByteArray OrderedJson::line() const
{
    return QByteArray(m_buffer.GetString(), qsizetype(m_buffer.GetSize())) + '\n';
}

} // namespace IpcPrims::Tool
