// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsschemaglobal.h>

#include <QtCore/qglobal.h>

#include <span>
#include <string_view>

namespace IpcPrims::JsonSchema {

struct Member;

/*!
    A JSON value as it stands in a parsed Document, which owns the memory behind it. Numbers are
    never converted to floating point: integers of up to 18 digits are kept as such, all others as
    the decimal text that was written.
*/
class IPCPRIMS_SCHEMA_AUTOTEST_EXPORT Value
{
public:
    enum class Kind : quint8 { Null, Boolean, Integer, Decimal, String, Array, Object };

    Value() = default;

    static Value fromBoolean(bool boolean);
    static Value fromInteger(qint64 integer);
    static Value fromDecimal(std::string_view text);
    static Value fromString(std::string_view utf8);
    static Value fromElements(std::span<const Value> elements);
    /// With \a isIndexed, a table as makeIndex() fills it follows the last member.
    static Value fromMembers(std::span<const Member> members, bool isIndexed);

    Kind kind() const { return m_kind; }
    bool isNull() const { return m_kind == Kind::Null; }
    bool isBoolean() const { return m_kind == Kind::Boolean; }
    bool isNumber() const { return m_kind == Kind::Integer || m_kind == Kind::Decimal; }
    /// Whether this is a number without a fraction, as 1, 1.0 and 1e2 are.
    bool isWholeNumber() const;
    bool isString() const { return m_kind == Kind::String; }
    bool isArray() const { return m_kind == Kind::Array; }
    bool isObject() const { return m_kind == Kind::Object; }

    bool boolean() const { return m_kind == Kind::Boolean && m_boolean; }
    /// Only of a Kind::Integer; 0 for other kinds.
    qint64 integer() const { return m_kind == Kind::Integer ? m_integer : 0; }
    /// A string's UTF-8, or the digits of a Kind::Decimal; empty for other kinds.
    std::string_view text() const;
    std::span<const Value> elements() const;
    std::span<const Member> members() const;

    /// The member's value, or a null pointer; also if this is no object.
    const Value *find(std::string_view name) const;
    /// How much work find() is, in steps of some nanoseconds.
    qsizetype workToFind(std::string_view name) const
    {
        // What is in a large table is far away.
        return (m_size < FewMembers ? 2 : 16) + qsizetype(name.size() / BytesPerStep);
    }

    /// Equality as JSON Schema defines it: 1 equals 1.0, the order of members does not count.
    /// Adds to \a work in proportion to what there was to do.
    bool equals(const Value &other, qsizetype *work) const;
    /// Equal values have equal hashes. Seeded, so that nobody can prepare collisions.
    size_t hash(qsizetype *work) const;

    /// What is compared or hashed in one step.
    static constexpr std::size_t BytesPerStep = 64;

private:
    static constexpr quint32 FewMembers = 4096;

    friend struct Member;
    union
    {
        bool m_boolean;
        qint64 m_integer = 0;
        const char *m_text;
        const Value *m_elements;
        const Member *m_members;
    };
    quint32 m_size = 0;
    Kind m_kind = Kind::Null;
    bool m_isIndexed = false;
};

struct Member
{
    Value name; ///< Always a string.
    Value value;

    std::string_view key() const;
};

inline Value Value::fromBoolean(bool boolean)
{
    Value value;
    value.m_kind = Kind::Boolean;
    value.m_boolean = boolean;
    return value;
}

inline Value Value::fromInteger(qint64 integer)
{
    Value value;
    value.m_kind = Kind::Integer;
    value.m_integer = integer;
    return value;
}

inline Value Value::fromDecimal(std::string_view text)
{
    Value value = fromString(text);
    value.m_kind = Kind::Decimal;
    return value;
}

inline Value Value::fromString(std::string_view utf8)
{
    Value value;
    value.m_kind = Kind::String;
    value.m_text = utf8.data();
    value.m_size = quint32(utf8.size());
    return value;
}

inline Value Value::fromElements(std::span<const Value> elements)
{
    Value value;
    value.m_kind = Kind::Array;
    value.m_elements = elements.data();
    value.m_size = quint32(elements.size());
    return value;
}

inline Value Value::fromMembers(std::span<const Member> members, bool isIndexed)
{
    Value value;
    value.m_kind = Kind::Object;
    value.m_members = members.data();
    value.m_size = quint32(members.size());
    value.m_isIndexed = isIndexed;
    return value;
}

inline std::string_view Value::text() const
{
    return m_kind == Kind::String || m_kind == Kind::Decimal ? std::string_view(m_text, m_size)
                                                             : std::string_view();
}

inline std::string_view Member::key() const
{
    return {name.m_text, name.m_size};
}

inline std::span<const Value> Value::elements() const
{
    return isArray() ? std::span(m_elements, m_size) : std::span<const Value>();
}

inline std::span<const Member> Value::members() const
{
    return isObject() ? std::span(m_members, m_size) : std::span<const Member>();
}

} // namespace IpcPrims::JsonSchema
