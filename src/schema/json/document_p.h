// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/arena_p.h"
#include "schema/json/value_p.h"
#include "schema/json/valuestack_p.h"

#include <IpcPrims/ipcprimsschemaglobal.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <string_view>
#include <vector>

namespace IpcPrims::JsonSchema {

/// Most levels of arrays and objects in one another, in messages as in schemas.
constexpr int LargestDepth = 256;

/*!
    A JSON text and its values, parsed as RFC 8259 has it, with nothing more allowed. Of members
    with the same name the last one's value counts. Strings without escapes are views into the
    text, so it has to outlive the document. One document may parse many texts, one after the other;
    then it allocates only for a text that is larger than those before.

    Why not a parser from elsewhere: numbers have to stay the text that they were, beyond the range
    of a double too, a half of a surrogate pair has to be refused, and a NUL is a character like
    others; neither QJsonDocument nor RapidJSON does all of that.
*/
class IPCPRIMS_SCHEMA_AUTOTEST_EXPORT Document
{
public:
    /// Returns whether \a text is JSON; errorString() says what is wrong with it.
    bool parse(QByteArrayView text);
    /// Forgets the values, and gives back what only a large text needs.
    void clear();
    const Value &root() const { return m_root; }
    /// What was expected and at which byte; never a part of the text.
    QString errorString() const;

    /// How much there is to work on: every element and every member counts, repeated ones as well,
    /// and so do every 256 bytes of the text.
    qsizetype weight() const { return m_valueCount + (m_end - m_begin) / BytesPerWeight; }

private:
    static constexpr qsizetype BytesPerWeight = 256;

    struct Container
    {
        std::size_t start; ///< Its first value on the stack.
        bool isObject;
    };

    bool fail(const char *what);
    bool take(char c);
    void skipWhiteSpace();
    bool parseText();
    bool beginValue();
    bool endValue(bool *isComplete);
    bool open(bool isObject);
    void close();
    bool parseName();
    bool parseString();
    Q_NEVER_INLINE bool parseEscapedString(const char *start);
    char *decodeEscape(char *out);
    bool readHexUnit(char32_t *unit);
    bool parseNumber();
    quint64 takeDigits();
    bool parseLiteral(std::string_view literal, const Value &value);
    void push(const Value &value);

    const char *m_begin = nullptr;
    const char *m_pos = nullptr;
    const char *m_end = nullptr;
    const char *m_error = nullptr;
    Value m_root;
    qsizetype m_valueCount = 0;
    ValueStack m_stack; ///< Values of containers that are still open; names are values too.
    std::vector<Container> m_open;
    Arena m_arena;
};

inline bool Document::take(char c)
{
    if (m_pos == m_end || *m_pos != c)
        return false;
    ++m_pos;
    return true;
}

inline void Document::push(const Value &value)
{
    m_stack.push(value);
    ++m_valueCount;
}

} // namespace IpcPrims::JsonSchema
