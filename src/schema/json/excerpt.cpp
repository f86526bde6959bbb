// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/excerpt_p.h"

#include "schema/json/shorttext_p.h"

#include <QtCore/qstringbuilder.h>

namespace IpcPrims::JsonSchema {

namespace {
// Writes no more than a little over what is wanted, however large the value is.
class ExcerptWriter
{
public:
    explicit ExcerptWriter(int maxLength)
        : m_maxLength(maxLength)
    {}
    const QString &text() const { return m_text; }

    void write(const Value &value)
    {
        switch (value.kind()) {
        case Value::Kind::Null:
            m_text += QLatin1String("null");
            break;
        case Value::Kind::Boolean:
            m_text += QLatin1String(value.boolean() ? "true" : "false");
            break;
        case Value::Kind::Integer:
            m_text += QString::number(value.integer());
            break;
        case Value::Kind::Decimal:
            m_text += text(value.text());
            break;
        case Value::Kind::String:
            writeString(value.text());
            break;
        case Value::Kind::Array:
            m_text += u'[';
            for (const Value &element : value.elements()) {
                if (!beginItem(u'['))
                    return;
                write(element);
            }
            m_text += u']';
            break;
        case Value::Kind::Object:
            m_text += u'{';
            for (const Member &member : value.members()) {
                if (!beginItem(u'{'))
                    return;
                writeString(member.key());
                m_text += u':';
                write(member.value);
            }
            m_text += u'}';
            break;
        }
    }

private:
    bool beginItem(QChar opening)
    {
        if (!m_text.endsWith(opening))
            m_text += u',';
        return m_text.size() <= m_maxLength;
    }

    // A character takes up to four bytes.
    QString text(std::string_view utf8) const
    {
        const auto limit = std::size_t(m_maxLength) * 4;
        return QString::fromUtf8(utf8.data(), qsizetype(std::min(utf8.size(), limit)));
    }

    void writeString(std::string_view utf8)
    {
        QString quoted = text(utf8);
        if (quoted.contains(u'\\'))
            quoted.replace(u'\\', QStringLiteral("\\\\"));
        if (quoted.contains(u'"'))
            quoted.replace(u'"', QStringLiteral("\\\""));
        m_text += u'"' % quoted % u'"';
    }

    const int m_maxLength;
    QString m_text;
};
} // namespace

QString excerpt(const Value &value, int maxLength)
{
    ExcerptWriter writer(maxLength);
    writer.write(value);
    return shortText(writer.text(), maxLength);
}

} // namespace IpcPrims::JsonSchema
