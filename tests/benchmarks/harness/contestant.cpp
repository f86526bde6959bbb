// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/contestant.h"

#include "harness/ratios.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfileinfo.h>

namespace Bench {

using namespace Qt::StringLiterals;

const QList<Contestant> &Contestant::all()
{
    const QStringList all = {};
    const QStringList bulk = {u"W2"_s, u"W3"_s};
    const QStringList roundTrips = {u"W1"_s, u"W4"_s};
    const QStringList commands = {u"W1"_s};
    const QStringList connecting = {u"W5"_s};
    const QStringList rates = {u"W1"_s, u"W2"_s, u"W3"_s, u"W4"_s, u"W5"_s};
    // A program whose calls block can't wait for an echo while it sends something else.
    const QStringList blocking = {u"W1"_s, u"W2"_s, u"W3"_s, u"W4"_s, u"W5"_s, u"W7"_s};
    // Nor for many connections in one thread.
    const QStringList oneConnection = {u"W1"_s, u"W2"_s, u"W3"_s, u"W5"_s};
    // clang-format off
    static const QList<Contestant> contestants = {
            {u"raw"_s, u"blocking sockets, one write and two reads per frame"_s, u"raw"_s, {}, blocking},
            {Yardstick, u"raw, reads as much as is there"_s, u"raw"_s, {}, blocking},
            {u"raw-hello"_s, u"raw-buffered, with texts of a handshake"_s, u"raw"_s, {}, connecting},
            {u"raw-batched"_s, u"raw, gathered to 64 KiB"_s, u"raw"_s, {}, bulk},
            {u"raw-writev"_s, u"raw, header and payload by writev"_s, u"raw"_s, {}, bulk},
            {u"qsocketnotifier"_s, u"raw-buffered in Qt's event loop, nothing else"_s, u"qsocketnotifier"_s, {}, roundTrips},
            {u"qsocketnotifier-glib"_s, u"the same with GLib's dispatcher"_s, u"qsocketnotifier"_s, {}, roundTrips, u"qsocketnotifier"_s, true},
            {u"ipcprims"_s, u"this library, signal with QByteArray"_s, u"ipcprims"_s, {}, all},
            {u"ipcprims-view"_s, u"this library, handler with QByteArrayView"_s, u"ipcprims"_s, {}, all},
            {u"ipcprims-localsocket"_s, u"this library over QLocalSocket"_s, u"ipcprims"_s, {}, all},
            {u"ipcprims-spin"_s, u"this library, event loops that stay awake"_s, u"ipcprims"_s, {}, commands},
            {u"ipcprims-glib"_s, u"this library with GLib's dispatcher"_s, u"ipcprims"_s, {}, roundTrips, u"ipcprims"_s, true},
            {u"ipcprims-blocking"_s, u"this library, calls that block"_s, u"ipcprimsblocking"_s, {}, oneConnection},
            {u"ipcprims-gather"_s, u"the same, frames gathered to 64 KiB"_s, u"ipcprimsblocking"_s, {}, bulk},
            {u"ipcprims-blocking-spin"_s, u"this library, calls that look before they sleep"_s, u"ipcprimsblocking"_s, {}, commands},
            {u"qlocalsocket"_s, u"QLocalSocket, QDataStream transactions"_s, u"qlocalsocket"_s, {}, all},
            {u"qlocalsocket-glib"_s, u"the same with GLib's dispatcher"_s, u"qlocalsocket"_s, {}, roundTrips, u"qlocalsocket"_s, true},
            {u"qtremoteobjects"_s, u"Qt Remote Objects"_s, u"qtremoteobjects"_s, u"qt6-remoteobjects-dev"_s, all},
            {u"zeromq"_s, u"ZeroMQ, DEALER and ROUTER"_s, u"zeromq"_s, u"libzmq3-dev"_s, blocking},
            {u"zeromq-push"_s, u"ZeroMQ, PUSH and PULL, nothing copied"_s, u"zeromqpush"_s, u"libzmq3-dev"_s, bulk},
            {u"nng"_s, u"nng, pair1"_s, u"nng"_s, u"libnng-dev"_s, blocking},
            {u"grpc"_s, u"gRPC, a stream in both directions"_s, u"grpc"_s, u"libgrpc++-dev"_s, blocking},
            // After all others, so that what happens in a round lies between the two.
            {YardstickAgain, u"raw-buffered once more: how far does the machine stray?"_s, u"raw"_s, {}, rates, Yardstick},
    };
    // clang-format on
    return contestants;
}

QString Contestant::programPath() const
{
    return (folder.isEmpty() ? QCoreApplication::applicationDirPath() : folder)
           + u"/ipcprims-bench-"_s + program;
}

Contestant Contestant::outOf(const QString &otherFolder, const QString &build) const
{
    Contestant other = *this;
    other.name += u'@' + build;
    other.folder = otherFolder;
    return other;
}

bool Contestant::isInstalled() const
{
    return QFileInfo(programPath()).isExecutable();
}

} // namespace Bench
