// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/filenames_p.h"

#include <cerrno>
#include <memory>

#include <dirent.h>

namespace IpcPrims {

QList<QByteArray> fileNamesIn(const QByteArray &directory, int *reason)
{
    QList<QByteArray> names;
    const std::unique_ptr<DIR, int (*)(DIR *)> stream(::opendir(directory.constData()), ::closedir);
    if (reason)
        *reason = stream ? 0 : errno;
    while (const dirent *const entry = stream ? ::readdir(stream.get()) : nullptr) {
        if (names.size() < MaxFileNames) {
            names.append(QByteArray(entry->d_name));
            continue;
        }
        if (reason)
            *reason = EOVERFLOW;
        break;
    }
    return names;
}

} // namespace IpcPrims
