// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/optionvalues.h"

#include <QtCore/qstring.h>

#include <charconv>
#include <limits>

namespace IpcPrims::Tool {

namespace {

constexpr std::string_view Blanks = " \t\r\n";

// QTimer counts milliseconds in an int.
constexpr quint64 MaxMilliseconds = std::numeric_limits<int>::max();

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(Blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(Blanks) - first + 1);
}

bool removeSuffix(std::string_view *text, std::string_view suffix)
{
    if (!text->ends_with(suffix))
        return false;
    text->remove_suffix(suffix.size());
    return true;
}

// Digits only: no sign, no blanks, nothing behind them.
template<typename Number>
std::optional<Number> parseNumber(std::string_view text)
{
    Number number = 0;
    const char *const end = text.data() + text.size();
    const auto [parsedTo, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc() || parsedTo != end)
        return std::nullopt;
    return number;
}

} // namespace

std::optional<std::chrono::milliseconds> parseTime(std::string_view text)
{
    text = trimmed(text);
    quint64 unit = 1000;
    if (removeSuffix(&text, "ms"))
        unit = 1;
    else
        removeSuffix(&text, "s");
    const auto number = parseNumber<quint64>(text);
    if (!number || *number == 0 || *number > MaxMilliseconds / unit)
        return std::nullopt;
    return std::chrono::milliseconds(*number * unit);
}

QString timeText(std::chrono::milliseconds time)
{
    if (time.count() % 1000 == 0)
        return QStringLiteral("%1s").arg(time.count() / 1000);
    return QStringLiteral("%1ms").arg(time.count());
}

std::optional<quint16> parseChannel(std::string_view text)
{
    return parseNumber<quint16>(trimmed(text));
}

std::optional<QList<quint16>> parseChannels(std::string_view text)
{
    QList<quint16> channels;
    for (;;) {
        const auto comma = text.find(',');
        const auto channel = parseChannel(text.substr(0, comma));
        if (!channel)
            return std::nullopt;
        channels.append(*channel);
        if (comma == std::string_view::npos)
            return channels;
        text.remove_prefix(comma + 1);
    }
}

std::optional<quint64> parseCount(std::string_view text)
{
    const auto number = parseNumber<quint64>(trimmed(text));
    return number == 0u ? std::nullopt : number;
}

} // namespace IpcPrims::Tool
