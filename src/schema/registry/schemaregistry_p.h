// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "schema/engine/compiler_p.h"
#include "schema/engine/evaluation_p.h"
#include "schema/load/resourceindex_p.h"

#include <IpcPrims/schemaregistry.h>

#include <QtCore/qmap.h>

#include <vector>

namespace IpcPrims {

class SchemaRegistryPrivate
{
public:
    explicit SchemaRegistryPrivate(const SchemaOptions &schemaOptions)
        : options(schemaOptions)
    {}

    /// Gives an error if the channel has one that can't be used.
    std::optional<PayloadValidator::Failure> validate(quint16 channel,
                                                      QByteArrayView payload) const;

    const SchemaOptions options;
    JsonSchema::ResourceIndex index;
    JsonSchema::Program program;
    QMap<quint16, const JsonSchema::Schema *> schemas;
    std::vector<std::pair<quint16, const JsonSchema::Source *>> sources; ///< Of channels.

private:
    std::optional<PayloadValidator::Failure> judge(quint16 channel,
                                                   const JsonSchema::Schema &schema,
                                                   const JsonSchema::Document &document,
                                                   JsonSchema::Workspace &workspace) const;
};

class SchemaRegistryBuilderPrivate
{
public:
    struct Entry
    {
        QString label;
        std::string uri;
        QByteArray json;
        std::optional<quint16> channel; ///< Nothing for other documents.
    };

    /// Keeps a text that is JSON.
    Error add(Entry entry);
    /// A registry with everything, in which no schema can be used yet.
    std::unique_ptr<SchemaRegistryPrivate> index() const;
    /// Makes the schemas of these \a sources ready for use in their channels.
    using Sources = std::vector<std::pair<quint16, const JsonSchema::Source *>>;
    static std::optional<SchemaLoadError> compile(SchemaRegistryPrivate *registry,
                                                  const Sources &sources);
    Error fail(const SchemaLoadError &problem);

    SchemaOptions options;
    std::vector<Entry> entries;
    QList<SchemaLoadError> loadProblems; ///< Of what was not kept.
};

} // namespace IpcPrims
