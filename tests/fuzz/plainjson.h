// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>
#include <vector>

struct PlainMember;

/*!
    JSON as section 3.4 of the protocol describes it, read in the most obvious way: a second opinion
    for the fuzzers. It shares nothing with the library, and neither depth nor speed are its
   concern.
*/
struct PlainJson
{
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    Kind kind = Kind::Null;
    QByteArray text; ///< A string's content, or a number or boolean as it stands in the text.
    bool isSound = true; ///< A string is well-formed UTF-8 without half surrogate pairs.
    std::vector<PlainJson> elements;
    std::vector<PlainMember> members;

    static std::optional<PlainJson> parse(QByteArrayView json);

    bool isString() const { return kind == Kind::String; }
    /// An integer without sign, fraction and exponent, of at most \a max.
    std::optional<quint32> integer(quint32 max) const;
    /// The member's value if the name is there; \a count says how often.
    const PlainJson *member(QByteArrayView name, int *count = nullptr) const;
    /// Whether all that is in it can be represented: strings, names, and numbers as doubles.
    bool isRepresentable() const;
    /// Levels of arrays and objects.
    int depth() const;
};

struct PlainMember
{
    PlainJson name;
    PlainJson value;
};
