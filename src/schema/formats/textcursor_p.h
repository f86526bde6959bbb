// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <cstddef>
#include <string_view>

namespace IpcPrims::JsonSchema {

constexpr bool isAsciiDigit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool isAsciiLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool isAsciiHexDigit(char c)
{
    return isAsciiDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Reads a text front to back.
class TextCursor
{
public:
    explicit TextCursor(std::string_view text)
        : m_text(text)
    {}

    bool atEnd() const { return m_text.empty(); }
    /// The next character; NUL at the end, which therefore has to be looked for where it matters.
    char peek() const { return m_text.empty() ? '\0' : m_text.front(); }
    std::string_view rest() const { return m_text; }

    bool take(std::string_view text)
    {
        if (!m_text.starts_with(text))
            return false;
        m_text.remove_prefix(text.size());
        return true;
    }
    bool takeOneOf(std::string_view characters)
    {
        if (m_text.empty() || characters.find(m_text.front()) == characters.npos)
            return false;
        m_text.remove_prefix(1);
        return true;
    }
    /// Takes characters as long as the test says so.
    template<typename Test>
    std::string_view takeWhile(Test test)
    {
        std::size_t size = 0;
        while (size < m_text.size() && test(m_text[size]))
            ++size;
        const std::string_view taken = m_text.substr(0, size);
        m_text.remove_prefix(size);
        return taken;
    }
    /// Reads exactly \a count digits as a number from \a min to \a max.
    bool takeNumber(std::size_t count, int min, int max, int *number)
    {
        const std::string_view digits = m_text.substr(0, count);
        *number = 0;
        for (const char c : digits) {
            if (!isAsciiDigit(c))
                return false;
            *number = *number * 10 + (c - '0');
        }
        if (digits.size() != count || *number < min || *number > max)
            return false;
        m_text.remove_prefix(count);
        return true;
    }

private:
    std::string_view m_text;
};

} // namespace IpcPrims::JsonSchema
