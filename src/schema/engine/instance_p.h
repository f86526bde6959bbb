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

class Evaluation;
class Instance;

/// A constant of the schema for valijson to compare with; the schema's document outlives it.
class FrozenValue final : public valijson::adapters::FrozenValue
{
public:
    explicit FrozenValue(const Value &value)
        : m_value(value)
    {}
    FrozenValue *clone() const override { return new FrozenValue(m_value); }
    bool equalTo(const valijson::adapters::Adapter &other, bool strict) const override;

private:
    Value m_value;
};

/// The elements of an array as valijson wants to walk over them.
class InstanceArray
{
public:
    class const_iterator
    {
    public:
        using iterator_category = std::bidirectional_iterator_tag;
        using value_type = Instance;
        using difference_type = std::ptrdiff_t;
        using pointer = Instance *;
        using reference = Instance &;

        const_iterator(const Value *value, Evaluation *evaluation)
            : m_value(value)
            , m_evaluation(evaluation)
        {}
        Instance operator*() const;
        valijson::adapters::DerefProxy<Instance> operator->() const;
        const_iterator &operator++() { return ++m_value, *this; }
        const_iterator &operator--() { return --m_value, *this; }
        const_iterator operator++(int) { return {m_value++, m_evaluation}; }
        void advance(std::ptrdiff_t n) { m_value += n; }
        bool operator==(const const_iterator &other) const { return m_value == other.m_value; }
        bool operator!=(const const_iterator &other) const { return m_value != other.m_value; }

    private:
        const Value *m_value;
        Evaluation *m_evaluation;
    };
    using iterator = const_iterator;

    InstanceArray() = default;
    InstanceArray(std::span<const Value> elements, Evaluation *evaluation)
        : m_elements(elements)
        , m_evaluation(evaluation)
    {}
    const_iterator begin() const { return {m_elements.data(), m_evaluation}; }
    const_iterator end() const { return {m_elements.data() + m_elements.size(), m_evaluation}; }
    size_t size() const { return m_elements.size(); }

private:
    std::span<const Value> m_elements;
    Evaluation *m_evaluation = nullptr;
};

/// The members of an object as valijson wants to walk over them.
class InstanceObject
{
public:
    class const_iterator
    {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::pair<std::string, Instance>;
        using difference_type = std::ptrdiff_t;
        using pointer = value_type *;
        using reference = value_type &;

        const_iterator(const Member *member, Evaluation *evaluation)
            : m_member(member)
            , m_evaluation(evaluation)
        {}
        std::pair<std::string, Instance> operator*() const;
        valijson::adapters::DerefProxy<std::pair<std::string, Instance>> operator->() const;
        const_iterator &operator++() { return ++m_member, *this; }
        const_iterator operator++(int) { return {m_member++, m_evaluation}; }
        bool operator==(const const_iterator &other) const { return m_member == other.m_member; }
        bool operator!=(const const_iterator &other) const { return m_member != other.m_member; }

    private:
        const Member *m_member;
        Evaluation *m_evaluation;
    };
    using iterator = const_iterator;

    InstanceObject() = default;
    InstanceObject(std::span<const Member> members, Evaluation *evaluation)
        : m_members(members)
        , m_evaluation(evaluation)
    {}
    const_iterator begin() const { return {m_members.data(), m_evaluation}; }
    const_iterator end() const { return {m_members.data() + m_members.size(), m_evaluation}; }
    const_iterator find(const std::string &name) const;
    size_t size() const { return m_members.size(); }

private:
    std::span<const Member> m_members;
    Evaluation *m_evaluation = nullptr;
};

/// A value that is being validated, and the validation that it is a part of.
class InstanceValue
{
public:
    InstanceValue() = default;
    InstanceValue(const Value &value, Evaluation *evaluation)
        : m_value(&value)
        , m_evaluation(evaluation)
    {}

    const Value &value() const { return *m_value; }
    Evaluation &evaluation() const { return *m_evaluation; }

    valijson::adapters::FrozenValue *freeze() const { return new FrozenValue(*m_value); }
    static bool hasStrictTypes() { return true; }

    bool isArray() const { return m_value->isArray(); }
    bool isBool() const { return m_value->isBoolean(); }
    bool isDouble() const { return m_value->isNumber() && !isInteger(); }
    bool isInteger() const { return m_value->isWholeNumber(); }
    bool isNull() const { return m_value->isNull(); }
    bool isNumber() const { return m_value->isNumber(); }
    bool isObject() const { return m_value->isObject(); }
    bool isString() const { return m_value->isString(); }

    std::optional<InstanceArray> getArrayOptional() const
    {
        return isArray() ? std::optional(InstanceArray(m_value->elements(), m_evaluation))
                         : std::nullopt;
    }
    std::optional<InstanceObject> getObjectOptional() const
    {
        return isObject() ? std::optional(InstanceObject(m_value->members(), m_evaluation))
                          : std::nullopt;
    }
    bool getArraySize(size_t &size) const
    {
        size = m_value->elements().size();
        return isArray();
    }
    bool getObjectSize(size_t &size) const
    {
        size = m_value->members().size();
        return isObject();
    }
    bool getBool(bool &value) const
    {
        value = m_value->boolean();
        return isBool();
    }
    // No verdict may rest on a double: what asks for one gets none to count with.
    bool getDouble(double &value) const
    {
        value = std::numeric_limits<double>::quiet_NaN();
        return isDouble();
    }
    bool getInteger(int64_t &) const { return false; }
    bool getString(std::string &value) const
    {
        if (isString())
            value = m_value->text();
        return isString();
    }

private:
    const Value *m_value = nullptr;
    Evaluation *m_evaluation = nullptr;
};

/*!
    The adapter through which valijson sees our values. Not one of valijson's own: those hand out
    numbers as doubles and names as C strings.
*/
class Instance final : public valijson::adapters::BasicAdapter<Instance, InstanceArray,
                                                               std::pair<std::string, Instance>,
                                                               InstanceObject, InstanceValue>
{
public:
    Instance() = default;
    explicit Instance(const InstanceValue &value)
        : BasicAdapter(value)
        , m_instance(value)
    {}

    const Value &value() const { return m_instance.value(); }
    Evaluation &evaluation() const { return m_instance.evaluation(); }

private:
    InstanceValue m_instance; // the base class keeps its own to itself
};

inline Instance InstanceArray::const_iterator::operator*() const
{
    return Instance(InstanceValue(*m_value, m_evaluation));
}

inline valijson::adapters::DerefProxy<Instance> InstanceArray::const_iterator::operator->() const
{
    return valijson::adapters::DerefProxy<Instance>(**this);
}

inline std::pair<std::string, Instance> InstanceObject::const_iterator::operator*() const
{
    return {std::string(m_member->name.text()),
            Instance(InstanceValue(m_member->value, m_evaluation))};
}

inline valijson::adapters::DerefProxy<std::pair<std::string, Instance>>
InstanceObject::const_iterator::operator->() const
{
    return valijson::adapters::DerefProxy<std::pair<std::string, Instance>>(**this);
}

inline InstanceObject::const_iterator InstanceObject::find(const std::string &name) const
{
    auto member = begin();
    while (member != end() && (*member).first != name)
        ++member;
    return member;
}

inline bool FrozenValue::equalTo(const valijson::adapters::Adapter &other, bool strict) const
{
    Q_UNUSED(strict)
    return m_value.equals(static_cast<const Instance &>(other).value());
}

} // namespace IpcPrims::JsonSchema
