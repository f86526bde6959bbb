// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/leftovers_p.h"

#include "transport/birthplace_p.h"
#include "transport/deadsocket_p.h"
#include "transport/pathlock_p.h"
#include "transport/servicename_p.h"

#include <QtCore/qlist.h>
#include <QtCore/qrandom.h>

#include <algorithm>
#include <array>
#include <memory>

#include <dirent.h>

namespace IpcPrims {

// How many names of a directory are read, and how many services are then looked at.
static constexpr int MaxNames = 4096;
static constexpr qsizetype MaxServices = 32;

// The name of the socket that a file belongs to; empty for files that no server of this library
// makes.
static QByteArray socketNameOf(QByteArrayView file)
{
    for (const QByteArrayView suffix : {PathLock::Suffix, Birthplace::Suffix}) {
        if (file.endsWith(suffix))
            file.chop(suffix.size());
    }
    return isServiceSocketName(file) ? file.toByteArray() : QByteArray();
}

static QList<QByteArray> socketNamesIn(const QByteArray &directory)
{
    QList<QByteArray> names;
    const std::unique_ptr<DIR, int (*)(DIR *)> stream(::opendir(directory.constData()), ::closedir);
    for (int i = 0; stream && i < MaxNames; ++i) {
        const dirent *const entry = ::readdir(stream.get());
        if (!entry)
            break;
        const QByteArray name = socketNameOf(entry->d_name);
        if (!name.isEmpty())
            names.append(name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

// With the lock no server can be starting there: one that wants to waits until it is released,
// which removes the lock's file.
static void sweep(const QByteArray &path)
{
    PathLock lock;
    if (lock.acquire(path))
        return;
    // An error means that it isn't one to remove.
    static_cast<void>(removeDeadSocket(path, SocketAddress(path)));
    const Birthplace birthplace(path);
    static_cast<void>(removeDeadSocket(birthplace.path(), birthplace.address()));
}

void sweepLeftovers(const QByteArray &directory)
{
    const QList<QByteArray> names = socketNamesIn(directory);
    if (names.isEmpty())
        return;
    const qsizetype first = QRandomGenerator::global()->bounded(int(names.size()));
    for (qsizetype i = 0; i < std::min(names.size(), MaxServices); ++i) {
        const QByteArray path = directory + '/' + names[(first + i) % names.size()];
        if (path.size() <= SocketAddress::MaxLength)
            sweep(path);
    }
}

} // namespace IpcPrims
