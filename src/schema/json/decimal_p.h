// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

#include <array>

namespace IpcPrims::JsonSchema {

/// Exponents beyond this are refused by the parser, so that they can be calculated with.
constexpr qint64 LargestExponent = 999'999'999;

/*!
    A JSON number taken apart without loss: the digits from the first that is not zero to the last
    that is not zero, and where the decimal point stands. Refers to the text of its value.
*/
class Decimal
{
public:
    explicit Decimal(const Value &number);
    Decimal(const Decimal &) = delete;
    Decimal &operator=(const Decimal &) = delete;

    bool isZero() const { return m_digitCount == 0; }
    bool isWhole() const { return scale() >= 0; }

    /// The number is the digits as a whole number, times ten to the power of this.
    qint64 scale() const { return m_pointPosition - m_digitCount; }
    qint64 digitCount() const { return m_digitCount; }
    /// Calls \a use with each significant digit, 0 to 9.
    template<typename Function>
    void forEachDigit(Function use) const
    {
        for (const char c : m_digits) {
            if (c != '.')
                use(unsigned(c - '0'));
        }
    }

    friend IPCPRIMS_SCHEMA_AUTOTEST_EXPORT int compare(const Value &a, const Value &b);
    friend size_t hashOfNumber(const Value &number);

private:
    int compareMagnitude(const Decimal &other) const;

    std::array<char, 24> m_buffer; ///< The digits of an integer.
    std::string_view m_digits; ///< May have a point among them.
    qint64 m_digitCount = 0;
    qint64 m_pointPosition = 0; ///< Counted from the first digit.
    bool m_isNegative = false;
};

/// How much work it is to take the number apart, in steps of some nanoseconds.
inline qsizetype workOnNumber(const Value &number)
{
    constexpr std::size_t bytesPerStep = 4;
    return number.kind() == Value::Kind::Decimal
                   ? qsizetype(4 + number.text().size() / bytesPerStep)
                   : 0;
}

/// Negative, zero or positive, as \a a is less than, equal to or greater than \a b.
IPCPRIMS_SCHEMA_AUTOTEST_EXPORT int compare(const Value &a, const Value &b);
size_t hashOfNumber(const Value &number);
/// The number as a limit of a count: what is too large for any count becomes the largest one.
quint64 toCount(const Value &number);

/*!
    What \c multipleOf divides by. Divisors with more than 18 significant digits are not supported.
*/
class Divisor
{
public:
    static bool isSupported(const Value &number);
    explicit Divisor(const Value &number);
    /// Adds to \a work in proportion to what there was to do.
    bool divides(const Value &number, qsizetype *work) const;

private:
    quint64 m_digits = 0;
    qint64 m_scale;
};

} // namespace IpcPrims::JsonSchema
