// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/formats_p.h"

#include "schema/formats/textcursor_p.h"

#include <array>
#include <initializer_list>
#include <utility>

// RFC 3339, with its appendix A for durations.

namespace IpcPrims::JsonSchema {

namespace {
bool takeDate(TextCursor *cursor)
{
    constexpr std::array daysOfMonth = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0;
    int month = 0;
    int day = 0;
    if (!cursor->takeNumber(4, 0, 9999, &year) || !cursor->take("-")
        || !cursor->takeNumber(2, 1, 12, &month) || !cursor->take("-")
        || !cursor->takeNumber(2, 1, 31, &day))
        return false;
    const bool isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const int days = daysOfMonth[std::size_t(month - 1)] + (month == 2 && isLeapYear ? 1 : 0);
    return day <= days;
}

bool takeOffset(TextCursor *cursor, int *minutes)
{
    *minutes = 0;
    if (cursor->takeOneOf("zZ"))
        return true;
    const bool isEast = cursor->peek() == '+';
    int hours = 0;
    if (!cursor->takeOneOf("+-") || !cursor->takeNumber(2, 0, 23, &hours) || !cursor->take(":")
        || !cursor->takeNumber(2, 0, 59, minutes))
        return false;
    *minutes += hours * 60;
    if (!isEast)
        *minutes = -*minutes;
    return true;
}

bool takeTime(TextCursor *cursor)
{
    constexpr int minutesOfDay = 24 * 60;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int offset = 0;
    if (!cursor->takeNumber(2, 0, 23, &hour) || !cursor->take(":")
        || !cursor->takeNumber(2, 0, 59, &minute) || !cursor->take(":")
        || !cursor->takeNumber(2, 0, 60, &second))
        return false;
    if (cursor->take(".") && cursor->takeWhile(isAsciiDigit).empty())
        return false;
    if (!takeOffset(cursor, &offset))
        return false;
    // Seconds are only added at the end of a day in universal time.
    const int universal = (hour * 60 + minute - offset + minutesOfDay) % minutesOfDay;
    return second < 60 || universal == minutesOfDay - 1;
}

// Numbers with these units, in their order and with none left out between the first and the last.
bool takeUnits(TextCursor *cursor, std::string_view units)
{
    std::size_t next = 0;
    bool isFirst = true;
    while (isAsciiDigit(cursor->peek())) {
        cursor->takeWhile(isAsciiDigit);
        const std::size_t unit = units.find(cursor->peek(), next);
        if (unit == units.npos || (!isFirst && unit != next))
            return false;
        cursor->takeOneOf(units);
        next = unit + 1;
        isFirst = false;
    }
    return !isFirst;
}
} // namespace

bool isDate(std::string_view text)
{
    TextCursor cursor(text);
    return takeDate(&cursor) && cursor.atEnd();
}

bool isTime(std::string_view text)
{
    TextCursor cursor(text);
    return takeTime(&cursor) && cursor.atEnd();
}

bool isDateTime(std::string_view text)
{
    TextCursor cursor(text);
    return takeDate(&cursor) && cursor.takeOneOf("tT") && takeTime(&cursor) && cursor.atEnd();
}

bool isDuration(std::string_view text)
{
    TextCursor cursor(text);
    if (!cursor.take("P"))
        return false;
    TextCursor weeks = cursor;
    if (!weeks.takeWhile(isAsciiDigit).empty() && weeks.take("W"))
        return weeks.atEnd();
    const bool hasDate = cursor.peek() != 'T';
    if (hasDate && !takeUnits(&cursor, "YMD"))
        return false;
    if (cursor.take("T") && !takeUnits(&cursor, "HMS"))
        return false;
    return cursor.atEnd();
}

} // namespace IpcPrims::JsonSchema
