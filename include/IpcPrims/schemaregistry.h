// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/error.h>
#include <IpcPrims/ipcprimsschemaglobal.h>
#include <IpcPrims/payloadvalidator.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <memory>

namespace IpcPrims {

class SchemaRegistryBuilderPrivate;
class SchemaRegistryPrivate;

/// How schemas are interpreted, and what they apply to.
struct SchemaOptions
{
    /// Closes objects: a schema for objects that has no rule for other members allows none.
    /// Branches of \c allOf and \c anyOf are closed, too.
    bool strictMode = false;
    /// Refuses payloads of channels that have no schema.
    bool failOnMissingSchema = false;
    bool validateOnSend = true;
    bool validateOnReceive = true;
    /// Checks \c format, which by default is only a description.
    bool assertFormats = false;
    /// Maximum of errors reported for a payload, and named in its text.
    int maxErrors = 4;
    /// How many characters of an invalid value a message may quote; none by default.
    int excerptLength = 0;
    int maxFiles = 256; ///< Maximum of schema files in a directory.
    qint64 maxFileSize = 262144; ///< In bytes, of each schema.
    qint64 maxDirectorySize = 16777216; ///< In bytes, of all schema files in a directory.
};

/// Why a schema could not be used.
struct SchemaLoadError
{
    QString source; ///< The file, or the name that the schema was added with.
    QString schemaPointer; ///< Where in it, as a JSON pointer.
    QString reason;
    /// All three, for people: in one line, with control characters as escapes.
    IPCPRIMS_SCHEMA_EXPORT QString toString() const;
};

/*!
    JSON Schemas by channel: draft 2020-12, or 2019-09 or 7 if \c $schema says so. Documents that
    they refer to have to be in the registry as well: no file and no network address is ever opened
    for a reference.

    A registry never changes after it was built. Any number of peers and threads may share it.
*/
class IPCPRIMS_SCHEMA_EXPORT SchemaRegistry : public PayloadValidator
{
public:
    ~SchemaRegistry() override;

    /*!
        The schemas of a directory: its files \c channel_N.schema.json, and those named for a
        channel such as \c command.schema.json. A null pointer on an error; \a error has the file,
        the place in it and the reason.
    */
    static std::shared_ptr<const SchemaRegistry>
    fromDirectory(const QString &path, const SchemaOptions &options = {}, Error *error = nullptr);

    SchemaOptions options() const;
    /// The channels with a schema, in ascending order.
    QList<quint16> channels() const;
    bool hasSchema(quint16 channel) const;

    /// Checks a payload of either direction. Returns nothing if it is valid.
    std::optional<Failure> validate(quint16 channel, QByteArrayView payload) const;
    /// The same, but only for the directions that the options enable.
    std::optional<Failure> check(quint16 channel, QByteArrayView payload,
                                 Direction direction) const override;

private:
    friend class SchemaRegistryBuilder;
    explicit SchemaRegistry(std::unique_ptr<SchemaRegistryPrivate> registry);
    std::unique_ptr<SchemaRegistryPrivate> d;
};

/// Collects schemas for a SchemaRegistry.
class IPCPRIMS_SCHEMA_EXPORT SchemaRegistryBuilder
{
public:
    explicit SchemaRegistryBuilder(const SchemaOptions &options = {});
    ~SchemaRegistryBuilder();

    /// Sets the schema of a channel, replacing a previous one; \a name is used in errors.
    Error registerSchema(quint16 channel, const QByteArray &json, const QString &name = {});
    /// Adds a document that schemas may refer to by \a uri, or by the \c $id in it.
    Error addResource(const QString &uri, const QByteArray &json);
    /// Registers the schemas in a directory's files, see SchemaRegistry::fromDirectory().
    Error addDirectory(const QString &path);
    /// Registers the schema in a file that is named for its channel.
    Error addFile(const QString &path);

    /// The registry, or a null pointer and the first \a error. Documents that no channel's schema
    /// refers to, also indirectly, are not checked: see problems().
    std::shared_ptr<const SchemaRegistry> build(Error *error = nullptr) const;
    /// Why schemas can't be used, one entry for each; for documents without references to them, why
    /// none would be possible.
    QList<SchemaLoadError> problems() const;

private:
    Q_DISABLE_COPY_MOVE(SchemaRegistryBuilder)
    std::unique_ptr<SchemaRegistryBuilderPrivate> d;
};

} // namespace IpcPrims
