// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "descriptors.h"

#include <QtCore/qdir.h>
#include <QtCore/qstring.h>

#include <fcntl.h>

QSet<int> openDescriptors(qint64 process)
{
    const bool isThisProcess = process == QCoreApplication::applicationPid();
    const QStringList names
            = QDir(QStringLiteral("/proc/%1/fd").arg(process))
                      .entryList(QDir::System | QDir::AllEntries | QDir::NoDotAndDotDot);
    QSet<int> result;
    for (const QString &name : names) {
        // Without the one that the directory was read with.
        if (!isThisProcess || ::fcntl(name.toInt(), F_GETFD) != -1)
            result.insert(name.toInt());
    }
    return result;
}
