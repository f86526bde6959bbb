// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/leftovers_p.h"

#include "transport/birthplace_p.h"
#include "transport/deadsocket_p.h"
#include "transport/filenames_p.h"
#include "transport/pathlock_p.h"
#include "transport/servicename_p.h"

#include <QtCore/qlist.h>
#include <QtCore/qrandom.h>

#include <algorithm>
#include <array>

namespace IpcPrims {

// How many services are looked at.
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
    for (const QByteArray &file : fileNamesIn(directory)) {
        const QByteArray name = socketNameOf(file);
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
