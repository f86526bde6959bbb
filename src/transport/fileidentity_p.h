// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

#include <optional>

#include <sys/stat.h>

namespace IpcPrims {

/*!
    Which file it is that has a name now. Only as long as somebody holds on to the file (a bound
    socket, an open descriptor) can't the system give the same numbers to another one.
*/
struct FileIdentity
{
    dev_t device = 0;
    ino_t inode = 0;

    explicit FileIdentity(const struct stat &found)
        : device(found.st_dev)
        , inode(found.st_ino)
    {}

    /// Looks at \a path itself, not at what it may be a link to.
    static std::optional<FileIdentity> at(const QByteArray &path)
    {
        struct stat found = {};
        if (::lstat(path.constData(), &found) != 0)
            return std::nullopt;
        return FileIdentity(found);
    }

    friend bool operator==(const FileIdentity &, const FileIdentity &) = default;
};

} // namespace IpcPrims
