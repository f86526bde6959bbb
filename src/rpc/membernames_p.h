// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <algorithm>
#include <vector>

namespace IpcPrims {

/// The member names of the objects that are open, innermost last, to find those that are repeated.
class MemberNames
{
public:
    void enter() { m_open.push_back(m_names.size()); }
    void add(QByteArrayView name)
    {
        m_names.push_back({m_text.size(), name.size()});
        m_text.append(name);
    }
    /// Leaves the innermost object, and returns whether it has a name more than once.
    bool leave()
    {
        const auto first = m_names.begin() + std::ptrdiff_t(m_open.back());
        m_open.pop_back();
        if (first == m_names.end())
            return false;
        const qsizetype textBefore = first->start;
        std::sort(first, m_names.end(),
                  [this](Name a, Name b) { return view(a).compare(view(b)) < 0; });
        const bool repeats
                = std::adjacent_find(first, m_names.end(),
                                     [this](Name a, Name b) { return view(a) == view(b); })
                  != m_names.end();
        m_names.erase(first, m_names.end());
        m_text.resize(textBefore);
        return repeats;
    }

private:
    struct Name
    {
        qsizetype start = 0;
        qsizetype size = 0;
    };
    QByteArrayView view(Name name) const
    {
        return QByteArrayView(m_text).sliced(name.start, name.size);
    }

    QByteArray m_text; // Of all names, one after the other.
    std::vector<Name> m_names;
    std::vector<size_t> m_open; // Where the names of each object begin.
};

} // namespace IpcPrims
