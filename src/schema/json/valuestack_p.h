// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <type_traits>

namespace IpcPrims::JsonSchema {

/*!
    The values that a parser has read and not yet put into their container. Unlike a std::vector it
    keeps the growing out of the way of the pushing, and lets the system move large blocks instead
    of copying them.
*/
class ValueStack
{
public:
    std::size_t size() const { return m_size; }
    const Value &front() const { return m_values.get()[0]; }
    /// The values from index \a first on; valid until the next push().
    std::span<const Value> from(std::size_t first) const
    {
        return {m_values.get() + first, m_size - first};
    }

    void push(const Value &value)
    {
        if (m_size == m_capacity)
            grow();
        m_values.get()[m_size++] = value;
    }
    /// Drops what was pushed after the first \a size values.
    void cut(std::size_t size) { m_size = size; }
    /// Drops all values, and the memory for more than \a kept of them.
    void clear(std::size_t kept)
    {
        m_size = 0;
        if (m_capacity > kept) {
            m_values.reset();
            m_capacity = 0;
        }
    }

private:
    static_assert(std::is_trivially_copyable_v<Value>);
    struct Free
    {
        void operator()(Value *values) const { std::free(values); }
    };

    Q_NEVER_INLINE void grow()
    {
        constexpr std::size_t smallest = 64;
        m_capacity = std::max(smallest, 2 * m_capacity);
        auto *values = static_cast<Value *>(
                std::realloc(m_values.release(), m_capacity * sizeof(Value)));
        Q_CHECK_PTR(values);
        m_values.reset(values);
    }

    std::unique_ptr<Value, Free> m_values;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

} // namespace IpcPrims::JsonSchema
