// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace IpcPrims {

/*!
    A function to be called once, later. It is kept in place: a std::function takes memory for each
    that holds an error or a text, and each session begins and ends with a dozen of these.
*/
class Report
{
    Q_DISABLE_COPY(Report)

public:
    template<typename Function>
    requires(!std::is_same_v<std::remove_cvref_t<Function>, Report>)
            Report(Function function) // Not explicit, as with std::function.
        : m_actions(&ActionsOf<Function>)
    {
        static_assert(sizeof(Function) <= Capacity);
        static_assert(alignof(Function) <= alignof(std::max_align_t));
        new (m_place) Function(std::move(function));
    }
    Report(Report &&other) noexcept
        : isOneOfMany(other.isOneOfMany)
        , m_actions(other.m_actions)
    {
        m_actions->move(other.m_place, m_place);
    }
    Report &operator=(Report &&other) noexcept
    {
        if (this != &other) {
            this->~Report();
            new (this) Report(std::move(other));
        }
        return *this;
    }
    ~Report() { m_actions->destroy(m_place); }

    void operator()() { m_actions->call(m_place); }

    bool isOneOfMany = false; ///< Others may have their turn before the next one.

private:
    static constexpr std::size_t Capacity = 64; // Bytes: an error, and whom to tell of what.

    struct Actions
    {
        void (*call)(void *);
        void (*move)(void *from, void *to);
        void (*destroy)(void *);
    };
    template<typename Function>
    static constexpr Actions ActionsOf = {
            [](void *place) { (*static_cast<Function *>(place))(); },
            [](void *from, void *to) {
                new (to) Function(std::move(*static_cast<Function *>(from)));
            },
            [](void *place) { static_cast<Function *>(place)->~Function(); },
    };

    const Actions *m_actions;
    alignas(std::max_align_t) std::byte m_place[Capacity];
};

} // namespace IpcPrims
