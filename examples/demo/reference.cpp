// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "reference.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStandardPaths>

namespace Demo {

Reference findReference()
{
    Reference reference;
    reference.node = QStandardPaths::findExecutable(QStringLiteral("node"));
    if (reference.node.isEmpty()) {
        reference.missing
                = QStringLiteral("no program \"node\" in PATH (Debian: apt install nodejs)");
        return reference;
    }

    const QString directory = qEnvironmentVariable("IPCPRIMS_ADDON");
    if (directory.isEmpty()) {
        reference.missing
                = QStringLiteral("IPCPRIMS_ADDON is not set; it should name the directory of "
                                 "the npm package @3leaps/ipcprims-linux-x64-gnu");
        return reference;
    }

    QFile description(QDir(directory).filePath(QStringLiteral("package.json")));
    if (!description.open(QIODevice::ReadOnly)) {
        reference.missing = QStringLiteral("IPCPRIMS_ADDON: cannot read %1: %2")
                                    .arg(description.fileName(), description.errorString());
        return reference;
    }
    reference.version = QJsonDocument::fromJson(description.readAll())
                                .object()
                                .value(QStringLiteral("version"))
                                .toString();
    return reference;
}

} // namespace Demo
