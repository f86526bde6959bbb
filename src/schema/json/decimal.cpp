// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/json/decimal_p.h"

#include "schema/json/memberindex_p.h"

#include <QtCore/qhashfunctions.h>

#include <bit>
#include <charconv>
#include <limits>

namespace IpcPrims::JsonSchema {

namespace {
__extension__ using Product = unsigned __int128;

// The most decimal digits with which ten times a number still fits 64 bits.
constexpr qint64 LargestDigits = 18;
constexpr quint64 LargestPower = 1'000'000'000'000'000'000; // of ten, with as many zeros

quint64 multiplyModulo(quint64 a, quint64 b, quint64 modulus)
{
    return quint64(Product(a) * b % modulus);
}

quint64 powerOfTenModulo(qint64 exponent, quint64 modulus)
{
    quint64 result = 1 % modulus;
    for (quint64 base = 10 % modulus; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1)
            result = multiplyModulo(result, base, modulus);
        base = multiplyModulo(base, base, modulus);
    }
    return result;
}
} // namespace

Decimal::Decimal(const Value &number)
{
    std::string_view text = number.text();
    if (number.kind() == Value::Kind::Integer) {
        const auto end = std::to_chars(m_buffer.data(), m_buffer.data() + m_buffer.size(),
                                       number.integer());
        text = std::string_view(m_buffer.data(), std::size_t(end.ptr - m_buffer.data()));
    }
    if (text.starts_with('-')) {
        m_isNegative = true;
        text.remove_prefix(1);
    }

    const std::size_t exponentAt = text.find_first_of("eE");
    qint64 exponent = 0;
    if (exponentAt != text.npos) {
        std::string_view digits = text.substr(exponentAt + 1);
        if (digits.starts_with('+'))
            digits.remove_prefix(1);
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        text = text.substr(0, exponentAt);
    }

    const std::size_t first = text.find_first_not_of("0.");
    if (first == text.npos) { // zero has no sign
        m_isNegative = false;
        return;
    }
    const std::size_t last = text.find_last_not_of("0.");
    const std::size_t point = std::min(text.find('.'), text.size());
    m_digits = text.substr(first, last - first + 1);
    m_digitCount = qint64(m_digits.size()) - (first < point && point < last ? 1 : 0);
    m_pointPosition = exponent + qint64(point) - qint64(first) + (point < first ? 1 : 0);
}

// Both are not zero.
int Decimal::compareMagnitude(const Decimal &other) const
{
    if (m_pointPosition != other.m_pointPosition)
        return m_pointPosition < other.m_pointPosition ? -1 : 1;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < m_digits.size() && j < other.m_digits.size()) {
        if (m_digits[i] == '.') {
            ++i;
        } else if (other.m_digits[j] == '.') {
            ++j;
        } else if (m_digits[i] != other.m_digits[j]) {
            return m_digits[i] < other.m_digits[j] ? -1 : 1;
        } else {
            ++i;
            ++j;
        }
    }
    // The last digit is never zero, so what has digits left is larger.
    return int(i < m_digits.size()) - int(j < other.m_digits.size());
}

int compare(const Value &a, const Value &b)
{
    if (a.kind() == Value::Kind::Integer && b.kind() == Value::Kind::Integer)
        return int(a.integer() > b.integer()) - int(a.integer() < b.integer());
    const Decimal left(a);
    const Decimal right(b);
    const int leftSign = left.isZero() ? 0 : left.m_isNegative ? -1 : 1;
    const int rightSign = right.isZero() ? 0 : right.m_isNegative ? -1 : 1;
    if (leftSign != rightSign)
        return leftSign < rightSign ? -1 : 1;
    return leftSign == 0 ? 0 : leftSign * left.compareMagnitude(right);
}

size_t hashOfNumber(const Value &number)
{
    if (number.kind() == Value::Kind::Integer)
        return qHash(number.integer(), hashSeed());
    const Decimal decimal(number);
    const qint64 integerDigits = decimal.m_pointPosition;
    // Whole numbers that could be written as Kind::Integer hash as those do.
    if (decimal.isWhole() && integerDigits <= 18) {
        qint64 integer = 0;
        decimal.forEachDigit([&](unsigned digit) { integer = integer * 10 + digit; });
        for (qint64 zeros = decimal.scale(); zeros > 0; --zeros)
            integer *= 10;
        return qHash(decimal.m_isNegative ? -integer : integer, hashSeed());
    }
    size_t hash = qHash(integerDigits, hashSeed());
    decimal.forEachDigit([&](unsigned digit) { hash = qHash(digit, hash); });
    return qHash(decimal.m_isNegative, hash);
}

quint64 toCount(const Value &number)
{
    if (number.kind() == Value::Kind::Integer)
        return quint64(std::max(number.integer(), qint64(0)));
    const Decimal decimal(number);
    if (decimal.digitCount() + decimal.scale() > LargestDigits)
        return std::numeric_limits<quint64>::max();
    quint64 count = 0;
    decimal.forEachDigit([&](unsigned digit) { count = count * 10 + digit; });
    for (qint64 zeros = decimal.scale(); zeros > 0; --zeros)
        count *= 10;
    return count;
}

bool Divisor::isSupported(const Value &number)
{
    const Decimal decimal(number);
    return !decimal.isZero() && decimal.digitCount() <= LargestDigits;
}

Divisor::Divisor(const Value &number)
{
    const Decimal decimal(number);
    m_scale = decimal.scale();
    decimal.forEachDigit([&](unsigned digit) { m_digits = m_digits * 10 + digit; });
}

bool Divisor::divides(const Value &number, qsizetype *work) const
{
    if (number.kind() == Value::Kind::Integer && m_scale == 0)
        return number.integer() % qint64(m_digits) == 0;
    constexpr qsizetype workOnIntegers = 4;
    *work += workOnIntegers + workOnNumber(number);
    const Decimal dividend(number);
    if (dividend.isZero())
        return true;
    // The dividend's last digit is not zero: no divisor with a coarser scale divides it.
    const qint64 zeros = dividend.scale() - m_scale;
    if (zeros < 0)
        return false;
    // Each bit of the exponent takes two divisions of 128 bits.
    *work += 8 * std::bit_width(quint64(zeros));
    // As many digits at once as fit, since to divide takes longer than anything else.
    quint64 remainder = 0;
    quint64 digits = 0;
    quint64 power = 1;
    const auto takeDigits = [&] {
        remainder = quint64((Product(remainder) * power + digits) % m_digits);
        digits = 0;
        power = 1;
    };
    dividend.forEachDigit([&](unsigned digit) {
        digits = digits * 10 + digit;
        power *= 10;
        if (power == LargestPower)
            takeDigits();
    });
    takeDigits();
    return multiplyModulo(remainder, powerOfTenModulo(zeros, m_digits), m_digits) == 0;
}

} // namespace IpcPrims::JsonSchema
