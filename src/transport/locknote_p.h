// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <optional>

#include <sys/types.h>

namespace IpcPrims {

/*!
    What a server writes into the file of its lock, for people who look for servers. Servers of
    older versions and of other programs leave theirs empty, and anybody who may write to the file
    can put anything there: so nothing may depend on it, and it is checked.
*/
struct IPCPRIMS_AUTOTEST_EXPORT LockNote
{
    static constexpr qsizetype MaxServiceLength = 1024;
    /// No note is longer.
    static constexpr qsizetype MaxSize = MaxServiceLength + 64;

    pid_t pid = 0;
    QByteArray service; // Empty if it is none, or its name is too long.

    /// That of this process.
    static LockNote ofThisProcess(const QByteArray &service);
    /// Nothing if \a text is no note.
    static std::optional<LockNote> fromText(QByteArrayView text);
    QByteArray toText() const;
};

} // namespace IpcPrims
