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

/// How schemas are understood, and what they are applied to.
struct SchemaOptions
{
    /// Closes objects: a schema that speaks of objects and does not say what other members they may
    /// have allows none. Branches of \c allOf and \c anyOf are closed, too.
    bool strictMode = false;
    /// Refuses payloads of channels that have no schema.
    bool failOnMissingSchema = false;
    bool validateOnSend = true;
    bool validateOnReceive = true;
    /// Makes \c format a rule; by default it only describes.
    bool assertFormats = false;
    /// Most errors that are reported for a payload, and named in the text about it.
    int maxErrors = 4;
    /// How many characters of a bad value a message may quote; none by default.
    int excerptLength = 0;
    int maxFiles = 256; ///< Most schema files in a directory.
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
    JSON Schemas by channel: draft 2020-12, or 2019-09 or 7 where \c $schema says so. What they
    refer to has to be in the registry as well: no file and no network address is ever opened for a
    reference.

    A registry never changes once it was built, and any number of peers and threads may share it.
*/
class IPCPRIMS_SCHEMA_EXPORT SchemaRegistry : public PayloadValidator
{
public:
    ~SchemaRegistry() override;

    /*!
        The schemas of a directory: its files \c channel_N.schema.json, and those named for a
        channel such as \c command.schema.json. A null pointer on an error: \a error tells the file,
        the place in it and the reason.
    */
    static std::shared_ptr<const SchemaRegistry>
    fromDirectory(const QString &path, const SchemaOptions &options = {}, Error *error = nullptr);

    SchemaOptions options() const;
    /// The channels with a schema, in ascending order.
    QList<quint16> channels() const;
    bool hasSchema(quint16 channel) const;

    /// Judges a payload, whatever the direction. Nothing if it is fine.
    std::optional<Failure> validate(quint16 channel, QByteArrayView payload) const;
    /// The same for the directions that the options name.
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

    /// Sets the schema of a channel; \a name stands for it in errors. A later one replaces it.
    Error registerSchema(quint16 channel, const QByteArray &json, const QString &name = {});
    /// Adds a document that schemas may refer to by \a uri, or by the \c $id in it.
    Error addResource(const QString &uri, const QByteArray &json);
    /// Registers the schemas in a directory's files, see SchemaRegistry::fromDirectory().
    Error addDirectory(const QString &path);
    /// Registers the schema in a file whose name tells the channel.
    Error addFile(const QString &path);

    /// The registry, or a null pointer and the first \a error. Documents that no channel's schema
    /// refers to, not even through others, are not looked at: see problems().
    std::shared_ptr<const SchemaRegistry> build(Error *error = nullptr) const;
    /// What is wrong with each of the schemas that can't be used; of documents that nothing refers
    /// to, what makes it impossible to refer to them.
    QList<SchemaLoadError> problems() const;

private:
    Q_DISABLE_COPY_MOVE(SchemaRegistryBuilder)
    std::unique_ptr<SchemaRegistryBuilderPrivate> d;
};

} // namespace IpcPrims
