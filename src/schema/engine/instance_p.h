// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

#include <valijson/internal/adapter.hpp>
#include <valijson/internal/basic_adapter.hpp>
#include <valijson/internal/frozen_value.hpp>

#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace IpcPrims::JsonSchema {

class Instance;

/*!
    The elements of an array, or the members of an object, as far as valijson needs them here: it
    counts them. What walks over them are constraints that are never made.
*/
template<typename Item>
class InstanceContainer
{
public:
    class const_iterator
    {
    public:
        using iterator_category = std::bidirectional_iterator_tag;
        using value_type = Item;
        using difference_type = std::ptrdiff_t;
        using pointer = Item *;
        using reference = Item &;

        Item operator*() const { Q_UNREACHABLE(); }
        valijson::adapters::DerefProxy<Item> operator->() const { Q_UNREACHABLE(); }
        const_iterator &operator++() { return *this; }
        const_iterator &operator--() { return *this; }
        const_iterator operator++(int) { return *this; }
        void advance(std::ptrdiff_t) {}
        bool operator==(const const_iterator &) const { return true; }
        bool operator!=(const const_iterator &) const { return false; }
    };
    using iterator = const_iterator;

    InstanceContainer() = default;
    explicit InstanceContainer(std::size_t size)
        : m_size(size)
    {}
    const_iterator begin() const { return {}; }
    const_iterator end() const { return {}; }
    const_iterator find(const std::string &) const { return {}; }
    std::size_t size() const { return m_size; }

private:
    std::size_t m_size = 0;
};
using InstanceMember = std::pair<std::string, Instance>;
using InstanceArray = InstanceContainer<Instance>;
using InstanceObject = InstanceContainer<InstanceMember>;

/// The value that is being validated.
class InstanceValue
{
public:
    InstanceValue() = default;
    explicit InstanceValue(const Value *const *place)
        : m_place(place)
    {}

    const Value &value() const { return **m_place; }

    // For const and enum, which are not left to valijson.
    static valijson::adapters::FrozenValue *freeze() { return nullptr; }
    static bool hasStrictTypes() { return true; }

    bool isArray() const { return value().isArray(); }
    bool isBool() const { return value().isBoolean(); }
    bool isDouble() const { return value().isNumber() && !isInteger(); }
    bool isInteger() const { return value().isWholeNumber(); }
    bool isNull() const { return value().isNull(); }
    bool isNumber() const { return value().isNumber(); }
    bool isObject() const { return value().isObject(); }
    bool isString() const { return value().isString(); }

    std::optional<InstanceArray> getArrayOptional() const
    {
        return isArray() ? std::optional(InstanceArray(value().elements().size())) : std::nullopt;
    }
    std::optional<InstanceObject> getObjectOptional() const
    {
        return isObject() ? std::optional(InstanceObject(value().members().size())) : std::nullopt;
    }
    bool getArraySize(size_t &size) const
    {
        size = value().elements().size();
        return isArray();
    }
    bool getObjectSize(size_t &size) const
    {
        size = value().members().size();
        return isObject();
    }
    bool getBool(bool &boolean) const
    {
        boolean = value().boolean();
        return isBool();
    }
    // No verdict may rest on a double: what asks for one gets none to count with.
    bool getDouble(double &number) const
    {
        number = std::numeric_limits<double>::quiet_NaN();
        return isDouble();
    }
    bool getInteger(int64_t &) const { return false; }
    bool getString(std::string &text) const
    {
        if (isString())
            text = value().text();
        return isString();
    }

private:
    const Value *const *m_place = nullptr;
};

/*!
    The adapter through which valijson sees our values. Not one of valijson's own: those hand out
    numbers as doubles and names as C strings.

    It does not stand for one value but for the one that is at its place at the moment: so one
    visitor serves a whole validation, and goes from value to value with it.
*/
class Instance final
    : public valijson::adapters::BasicAdapter<Instance, InstanceArray, InstanceMember,
                                              InstanceObject, InstanceValue>
{
public:
    Instance() = default;
    explicit Instance(const Value *const *place)
        : BasicAdapter(InstanceValue(place))
    {}
};

} // namespace IpcPrims::JsonSchema
