// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/load/pointer_p.h"

#include "schema/json/shorttext_p.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace IpcPrims::JsonSchema {

namespace {
const Value *elementAt(const Value &array, std::string_view index)
{
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), number);
    const bool isCanonical = index == "0" || !index.starts_with('0');
    if (error != std::errc() || end != index.data() + index.size() || !isCanonical
        || number >= array.elements().size())
        return nullptr;
    return &array.elements()[number];
}

bool unescape(std::string_view segment, std::string *name)
{
    name->clear();
    for (std::size_t i = 0; i < segment.size(); ++i) {
        char c = segment[i];
        if (c == '~') {
            ++i;
            if (i == segment.size() || (segment[i] != '0' && segment[i] != '1'))
                return false;
            c = segment[i] == '0' ? '~' : '/';
        }
        *name += c;
    }
    return true;
}

// A member of an object, or the index of an element.
struct Step
{
    const Member *member;
    std::size_t index;
};
using Path = QVarLengthArray<Step, 16>; // from the target up to where the search began

bool findPath(const Value &from, const Value &target, Path *path)
{
    if (&from == &target)
        return true;
    const std::span<const Value> elements = from.elements();
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (findPath(elements[i], target, path)) {
            path->append({nullptr, i});
            return true;
        }
    }
    for (const Member &member : from.members()) {
        if (&member.name == &target || findPath(member.value, target, path)) {
            path->append({&member, 0});
            return true;
        }
    }
    return false;
}

void appendSegment(std::string_view name, qsizetype longestName, QString *pointer)
{
    // Nearly all names are short words, which need none of the care that others do.
    const auto isPlain = [](char c) { return c > ' ' && c < '~' && c != '/'; };
    if (qsizetype(name.size()) <= longestName && std::ranges::all_of(name, isPlain)) {
        *pointer += QLatin1String(name.data(), qsizetype(name.size()));
        return;
    }
    QString segment
            = shortText(QString::fromUtf8(name.data(), qsizetype(name.size())), longestName);
    *pointer += segment.replace(u'~', QStringLiteral("~0")).replace(u'/', QStringLiteral("~1"));
}
} // namespace

const Value *followPointer(const Value &root, std::string_view pointer,
                           const std::function<void(const Value &)> &pass)
{
    const Value *value = &root;
    std::string name;
    for (pass(root); !pointer.empty(); pass(*value)) {
        if (!pointer.starts_with('/'))
            return nullptr;
        const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
        if (!unescape(pointer.substr(1, end - 1), &name))
            return nullptr;
        pointer.remove_prefix(end);
        value = value->isArray() ? elementAt(*value, name) : value->find(name);
        if (!value)
            return nullptr;
    }
    return value;
}

QString pointerTo(const Value &root, const Value &target, qsizetype longestName)
{
    constexpr qsizetype longestPointer = 512;
    Path path;
    findPath(root, target, &path);
    QString pointer;
    pointer.reserve(16 * path.size());
    for (qsizetype i = path.size() - 1; i >= 0; --i) {
        const auto [member, index] = path[i];
        pointer += u'/';
        if (member)
            appendSegment(member->key(), longestName, &pointer);
        else
            pointer += QString::number(index);
    }
    return shortText(pointer, longestPointer);
}

} // namespace IpcPrims::JsonSchema
