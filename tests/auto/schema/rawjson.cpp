// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "rawjson.h"

namespace {
// The end of the string that begins at \a pos.
qsizetype stringEnd(const QByteArray &text, qsizetype pos)
{
    for (++pos; text[pos] != '"'; ++pos) {
        if (text[pos] == '\\')
            ++pos;
    }
    return pos + 1;
}

// What the commas and, in an object, the colons of the outermost level separate.
QList<QByteArray> rawItems(const QByteArray &container)
{
    QList<QByteArray> items;
    int depth = 0;
    qsizetype start = 1;
    for (qsizetype pos = 0; pos < container.size(); ++pos) {
        const char c = container[pos];
        if (c == '"') {
            pos = stringEnd(container, pos) - 1;
        } else if (c == '[' || c == '{') {
            ++depth;
        } else if (((c == ',' || c == ':') && depth == 1) || c == ']' || c == '}') {
            if (c == ']' || c == '}')
                --depth;
            if (c == ',' || c == ':' || depth == 0) {
                const QByteArray item = container.mid(start, pos - start).trimmed();
                if (!item.isEmpty())
                    items.append(item);
                start = pos + 1;
            }
        }
    }
    return items;
}
} // namespace

QList<QByteArray> rawElements(const QByteArray &array)
{
    return rawItems(array.trimmed());
}

QMap<QByteArray, QByteArray> rawMembers(const QByteArray &object)
{
    QMap<QByteArray, QByteArray> members;
    const QList<QByteArray> items = rawItems(object.trimmed());
    for (qsizetype i = 0; i + 1 < items.size(); i += 2)
        members.insert(items[i].mid(1, items[i].size() - 2), items[i + 1]);
    return members;
}
