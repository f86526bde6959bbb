// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/json/document_p.h"
#include "schema/load/dialect_p.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace IpcPrims::JsonSchema {

struct Schema;

/// One JSON text with schemas in it, as it was handed in.
struct Source
{
    QString label; ///< What error messages call it: the file's name, or the URI.
    std::string uri; ///< Where references find it; its own \c $id counts as well.
    QByteArray text;
    Document document;
    bool isStrict = false; ///< Objects in it are closed, see SchemaOptions::strictMode.
    bool isTrusted = false; ///< A meta-schema of ours: checked by the tests, not by each program.
    /// The first source with the same text: which of them a URI leads to does not matter.
    const Source *twin = nullptr;
};

/// A place in a source, with what was wrong there.
struct LoadProblem
{
    QString label;
    QString pointer;
    QString reason;
};

/// What is wrong at a place of a schema.
struct SchemaFault
{
    const Value *place = nullptr;
    QString reason;
};

/// A schema with a URI of its own, and what that URI's fragments name.
struct Resource
{
    const Source *source = nullptr;
    std::string uri;
    const Value *root = nullptr;
    Dialect dialect;
    const Resource *outer = nullptr; ///< The one that this one is embedded in, if it is.
    std::optional<SchemaFault> fault; ///< Why it can't be used.
    std::map<std::string, const Value *, std::less<>> anchors; ///< The dynamic ones included.
    std::map<std::string, const Value *, std::less<>> dynamicAnchors;
    bool isRecursiveAnchor = false; ///< Draft 2019-09's forerunner of dynamic anchors.

    /// Compiled dynamic anchors, for references that are resolved during validation.
    std::map<std::string, const Schema *, std::less<>> dynamicSchemas;

    /// Embedded in a resource of another dialect, whose meta-schema says nothing about this one.
    bool isOfOtherDialect() const
    {
        return outer && outer->dialect.metaschema != dialect.metaschema;
    }

    const Schema *dynamicSchema(std::string_view name) const
    {
        const auto found = dynamicSchemas.find(name);
        return found == dynamicSchemas.end() ? nullptr : found->second;
    }
};

/// The name under which a resource's root is kept that \c $recursiveAnchor marks. No anchor has it.
constexpr std::string_view RecursiveAnchorName = "#";

} // namespace IpcPrims::JsonSchema
