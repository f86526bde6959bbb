// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

namespace IpcPrims::JsonSchema {

class Compiler;
class Value;

// Each adds the rules of one family of keywords to the schema that is being compiled.

void compileValueKeywords(Compiler &compiler, const Value &schema);
void compileNumberKeywords(Compiler &compiler, const Value &schema);
void compileStringKeywords(Compiler &compiler, const Value &schema);
void compileReferenceKeywords(Compiler &compiler, const Value &schema);
void compileObjectKeywords(Compiler &compiler, const Value &schema);
void compileArrayKeywords(Compiler &compiler, const Value &schema);
void compileLogicKeywords(Compiler &compiler, const Value &schema);
void compileUnevaluatedKeywords(Compiler &compiler, const Value &schema);

} // namespace IpcPrims::JsonSchema
