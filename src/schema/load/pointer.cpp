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

void appendSegment(std::string_view name, qsizetype longestName, QString *pointer);

/*!
    Walks over a value once, whatever the number of places that are looked for. What is in a
    container lies in one piece of memory, so those in it are found by their addresses, and nothing
    but containers has to be looked at.
*/
class PlaceSearch
{
public:
    PlaceSearch(std::span<const Value *const> targets, qsizetype longestName)
        : m_longestName(longestName)
    {
        for (std::size_t i = 0; i < targets.size(); ++i) {
            m_targets.append({targets[i], i});
            m_pointers.append(QString());
        }
        std::ranges::sort(m_targets, std::less<>(), &Target::value);
        m_left = m_targets.size();
    }

    QStringList search(const Value &root)
    {
        report(
                &root, sizeof root, [](std::size_t) { return Step{}; }, false);
        walk(root);
        return m_pointers;
    }

private:
    struct Target
    {
        const Value *value;
        std::size_t number;
    };

    // Of the targets that are in this piece of memory.
    template<typename StepAt>
    void report(const void *begin, std::size_t size, StepAt stepAt, bool hasStep)
    {
        const auto *bytes = static_cast<const char *>(begin);
        const auto isBefore = [](const Target &target, const void *place) {
            return std::less<>()(static_cast<const void *>(target.value), place);
        };
        auto target = std::lower_bound(m_targets.begin(), m_targets.end(), begin, isBefore);
        for (; target != m_targets.end() && isBefore(*target, bytes + size); ++target) {
            const auto offset = std::size_t(reinterpret_cast<const char *>(target->value) - bytes);
            if (hasStep)
                m_path.append(stepAt(offset));
            m_pointers[qsizetype(target->number)] = pointer();
            if (hasStep)
                m_path.removeLast();
            --m_left;
        }
    }

    // The depth of recursion is that of the JSON text.
    void walk(const Value &value)
    {
        const std::span<const Value> elements = value.elements();
        const std::span<const Member> members = value.members();
        report(
                elements.data(), elements.size_bytes(),
                [](std::size_t offset) {
                    return Step{nullptr, offset / sizeof(Value)};
                },
                true);
        report(
                members.data(), members.size_bytes(),
                [&](std::size_t offset) {
                    return Step{&members[offset / sizeof(Member)], 0};
                },
                true);
        for (std::size_t i = 0; i < elements.size() && m_left > 0; ++i)
            enter(elements[i], {nullptr, i});
        for (std::size_t i = 0; i < members.size() && m_left > 0; ++i)
            enter(members[i].value, {&members[i], 0});
    }

    void enter(const Value &value, Step step)
    {
        if (!value.isArray() && !value.isObject())
            return;
        m_path.append(step);
        walk(value);
        m_path.removeLast();
    }

    QString pointer() const
    {
        QString pointer;
        pointer.reserve(16 * m_path.size());
        for (const auto &[member, index] : m_path) {
            pointer += u'/';
            if (member)
                appendSegment(member->key(), m_longestName, &pointer);
            else
                pointer += QString::number(index);
        }
        constexpr qsizetype longestPointer = 512;
        return shortText(pointer, longestPointer);
    }

    const qsizetype m_longestName;
    QVarLengthArray<Target, 4> m_targets; ///< By their addresses.
    qsizetype m_left = 0; ///< Targets that were not found yet.
    QVarLengthArray<Step, 16> m_path; ///< To where the search is.
    QStringList m_pointers; ///< As the targets were given.
};

void appendSegment(std::string_view name, qsizetype longestName, QString *pointer)
{
    // Nearly all names are short words, which need none of the care that others do.
    const auto isPlain = [](char c) { return c > ' ' && c < '~' && c != '/'; };
    if (qsizetype(name.size()) <= longestName && std::ranges::all_of(name, isPlain)) {
        *pointer += QLatin1String(name.data(), qsizetype(name.size()));
        return;
    }
    QString segment = cutText(name, longestName);
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
    const Value *targets[] = {&target};
    return pointersTo(root, targets, longestName).first();
}

QStringList pointersTo(const Value &root, std::span<const Value *const> targets,
                       qsizetype longestName)
{
    return PlaceSearch(targets, longestName).search(root);
}

} // namespace IpcPrims::JsonSchema
