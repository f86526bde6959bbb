// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/instance_p.h"

#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <string>
#include <type_traits>
#include <unordered_map>

namespace IpcPrims::JsonSchema {

/// What differs between the releases of valijson.
namespace ValijsonVersion {
// The path to a value was a list of strings until valijson 1.1.
template<typename Function>
struct PathOf;
template<typename Class, typename Path>
struct PathOf<bool (Class::*)(const valijson::adapters::Adapter &, const Path &,
                              valijson::ValidationResults *) const>
{
    using Type = Path;
};
using Path = PathOf<decltype(&valijson::constraints::PolyConstraint::validate)>::Type;

// Stands where newer releases want an engine for \c pattern, which is not left to valijson.
struct NoRegex
{
    explicit NoRegex(const std::string &) {}
    static bool search(const std::string &, const NoRegex &) { return false; }
};

// Until 1.0.2 the visitor has no parameter for that engine.
template<template<typename> typename T>
struct Visitors
{
    using Type = T<Instance>;
    using RegexCache = std::unordered_map<std::string, std::regex>;
};
template<template<typename, typename> typename T>
struct VisitorsWithRegex
{
    using Type = T<Instance, NoRegex>;
    using RegexCache = std::unordered_map<std::string, NoRegex>;
};
template<template<typename> typename T>
Visitors<T> visitors();
template<template<typename, typename> typename T>
VisitorsWithRegex<T> visitors();

using Selected = decltype(visitors<valijson::ValidationVisitor>());
using Visitor = Selected::Type;
using RegexCache = Selected::RegexCache;

// Since 1.0.5 there is one flag more, about date-time, which is not left to valijson either.
template<typename T = Visitor>
T makeVisitor(const Instance &instance, RegexCache &cache)
{
    constexpr bool strictTypes = true;
    using Results = valijson::ValidationResults;
    if constexpr (std::is_constructible_v<T, const Instance &, Path, bool, Results *, RegexCache &>)
        return T(instance, Path(), strictTypes, nullptr, cache);
    else
        return T(instance, Path(), strictTypes, true, nullptr, cache);
}
} // namespace ValijsonVersion

} // namespace IpcPrims::JsonSchema
