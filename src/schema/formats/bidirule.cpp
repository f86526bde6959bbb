// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/formats/bidirule_p.h"

#include <QtCore/qlist.h>

#include <algorithm>
#include <initializer_list>

namespace IpcPrims::JsonSchema {

namespace {
using Direction = QChar::Direction;
using Directions = QList<Direction>;

bool isOneOf(Direction direction, std::initializer_list<Direction> allowed)
{
    return std::find(allowed.begin(), allowed.end(), direction) != allowed.end();
}

bool areAllOf(const Directions &directions, std::initializer_list<Direction> allowed)
{
    return std::all_of(directions.begin(), directions.end(),
                       [&](Direction direction) { return isOneOf(direction, allowed); });
}

Directions directionsOf(const QString &label)
{
    Directions directions;
    for (const uint character : label.toUcs4())
        directions.append(QChar::direction(character));
    return directions;
}

// The six conditions of RFC 5893, section 2.
bool satisfiesRule(Directions directions)
{
    if (directions.isEmpty())
        return false;
    const bool isRightToLeft = isOneOf(directions.value(0), {QChar::DirR, QChar::DirAL});
    if (!isRightToLeft && directions.value(0) != QChar::DirL)
        return false;
    const bool hasBothNumbers
            = directions.contains(QChar::DirEN) && directions.contains(QChar::DirAN);
    const bool isPure
            = isRightToLeft
                      ? areAllOf(directions, {QChar::DirR, QChar::DirAL, QChar::DirAN, QChar::DirEN,
                                              QChar::DirES, QChar::DirCS, QChar::DirET,
                                              QChar::DirON, QChar::DirBN, QChar::DirNSM})
                                && !hasBothNumbers
                      : areAllOf(directions,
                                 {QChar::DirL, QChar::DirEN, QChar::DirES, QChar::DirCS,
                                  QChar::DirET, QChar::DirON, QChar::DirBN, QChar::DirNSM});
    while (directions.size() > 1 && directions.last() == QChar::DirNSM)
        directions.removeLast();
    const bool endsWell = isRightToLeft ? isOneOf(directions.last(), {QChar::DirR, QChar::DirAL,
                                                                      QChar::DirEN, QChar::DirAN})
                                        : isOneOf(directions.last(), {QChar::DirL, QChar::DirEN});
    return isPure && endsWell;
}
} // namespace

bool satisfiesBidiRule(const QString &name)
{
    QList<Directions> labels;
    bool isBidirectional = false;
    for (const QString &label : name.split(u'.')) {
        labels.append(directionsOf(label));
        isBidirectional = isBidirectional
                          || std::any_of(labels.last().begin(), labels.last().end(), [](auto d) {
                                 return isOneOf(d, {QChar::DirR, QChar::DirAL, QChar::DirAN});
                             });
    }
    return !isBidirectional || std::all_of(labels.begin(), labels.end(), satisfiesRule);
}

} // namespace IpcPrims::JsonSchema
