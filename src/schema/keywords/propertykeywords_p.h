// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

namespace IpcPrims::JsonSchema {

class Compiler;
class Value;

/// The keywords that assign schemas to an object's members by their names.
void compileProperties(Compiler &compiler, const Value &schema);

} // namespace IpcPrims::JsonSchema
