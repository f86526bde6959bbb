// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/value_p.h"

namespace IpcPrims::JsonSchema {

class Evaluation;

/// What a keyword asks of a value.
class Constraint
{
public:
    Constraint() = default;
    virtual ~Constraint() = default;
    virtual bool isMetBy(const Value &value, Evaluation &evaluation) const = 0;

private:
    Q_DISABLE_COPY_MOVE(Constraint)
};

} // namespace IpcPrims::JsonSchema
