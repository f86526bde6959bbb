// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/schemaregistry.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/// A schema file and the channel that its name stands for.
struct SchemaFile
{
    QString path;
    quint16 channel;
};

/// The schema files of a directory, in the order of their names. \a problem tells the first name
/// that can't be one, or why the directory can't be read.
QList<SchemaFile> listSchemaFiles(const QString &directory, int maxFiles, SchemaLoadError *problem);

/// The channel that a file name stands for; -1 if it is not one of the forms.
int channelOfFileName(const QString &name);

/// Reads a regular file, which no link may stand for. Empty and a \a problem if that fails.
QByteArray readSchemaFile(const QString &path, qint64 maxSize, SchemaLoadError *problem);

} // namespace IpcPrims
