// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/instance_p.h"

#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/validation_results.hpp>

namespace IpcPrims::JsonSchema {

namespace ValijsonVersion {
// The path that a constraint is handed was a list of strings until valijson 1.1.
template<typename Function>
struct PathOf;
template<typename Class, typename Path>
struct PathOf<bool (Class::*)(const valijson::adapters::Adapter &, const Path &,
                              valijson::ValidationResults *) const>
{
    using Type = Path;
};
using Path = PathOf<decltype(&valijson::constraints::PolyConstraint::validate)>::Type;
} // namespace ValijsonVersion

/*!
    A keyword that valijson lacks, or does not evaluate as draft 2020-12 wants it: its extension
    point, with the types that everything here is about.
*/
class Constraint : public valijson::constraints::PolyConstraint
{
public:
    virtual bool isMetBy(const Value &value, Evaluation &evaluation) const = 0;

    bool validate(const valijson::adapters::Adapter &target, const ValijsonVersion::Path &,
                  valijson::ValidationResults *) const final
    {
        const auto &instance = static_cast<const Instance &>(target);
        return isMetBy(instance.value(), instance.evaluation());
    }

private:
    // Only parts of a valijson::Schema are ever copied, and there is none.
    valijson::constraints::Constraint *cloneInto(void *) const final { return nullptr; }
    size_t sizeOf() const final { return 0; }
};

} // namespace IpcPrims::JsonSchema
