// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace IpcPrims {

/*!
    A queue, one element behind the other in memory. Until the first one comes it has none, while
    std::deque takes and frees two blocks: a session has a dozen queues, most of which stay empty.
    Adding an element moves the others, so references last only until then. The first memory is for
    FirstCapacity elements.
*/
template<typename T, std::size_t FirstCapacity = 4>
class Fifo
{
public:
    using value_type = T;

    Fifo() = default;
    Fifo(Fifo &&other) noexcept { swap(other); }
    Fifo &operator=(Fifo &&other) noexcept
    {
        Fifo taken(std::move(other));
        swap(taken);
        return *this;
    }

    bool empty() const { return m_first == end(); }
    std::size_t size() const { return std::size_t(end() - m_first); }

    T *begin() { return m_first; }
    T *end() { return std::to_address(m_items.end()); }
    const T *begin() const { return m_first; }
    const T *end() const { return std::to_address(m_items.end()); }
    T &operator[](std::size_t index) { return m_first[index]; }
    T &front() { return *m_first; }
    T &back() { return m_items.back(); }
    const T &front() const { return *m_first; }
    const T &back() const { return m_items.back(); }

    template<typename... Arguments>
    T &emplace_back(Arguments &&...arguments)
    {
        if (m_items.size() == m_items.capacity())
            makeRoom();
        return m_items.emplace_back(std::forward<Arguments>(arguments)...);
    }
    void push_back(T item) { emplace_back(std::move(item)); }
    /// Takes as long as moving all elements does, unless the first one has gone.
    void push_front(T item)
    {
        if (countGone() > 0) {
            *--m_first = std::move(item);
            return;
        }
        m_items.insert(m_items.cbegin(), std::move(item));
        m_first = m_items.data();
    }

    void pop_front()
    {
        [[maybe_unused]] const T gone = std::move(*m_first);
        if (++m_first == end())
            clear();
    }
    /// Takes as long as moving the later ones does.
    void erase(const T *first, const T *last)
    {
        const auto items = m_items.cbegin();
        m_items.erase(items + (first - m_items.data()), items + (last - m_items.data()));
    }
    void clear()
    {
        m_items.clear();
        if (m_items.capacity() > MaxIdleCapacity)
            std::vector<T>().swap(m_items);
        m_first = m_items.data();
    }
    void swap(Fifo &other) noexcept
    {
        m_items.swap(other.m_items);
        std::swap(m_first, other.m_first);
    }

private:
    static constexpr std::size_t MaxIdleCapacity = 64;

    std::ptrdiff_t countGone() const { return m_first - m_items.data(); }
    // In the place of elements that are gone if that are many, so that each is moved once on
    // average.
    void makeRoom()
    {
        std::ptrdiff_t gone = countGone();
        if (gone > std::ptrdiff_t(m_items.size() / 2)) {
            m_items.erase(m_items.cbegin(), m_items.cbegin() + gone);
            gone = 0;
        } else {
            m_items.reserve(std::max(FirstCapacity, 2 * m_items.capacity()));
        }
        m_first = m_items.data() + gone;
    }

    std::vector<T> m_items;
    T *m_first = nullptr; // Before it are elements that were moved from.
};

} // namespace IpcPrims
