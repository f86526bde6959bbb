// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peers/zeromq/common.h"

#include "peers/messagebody.h"

#include <QtCore/qfile.h>

namespace Bench {

void check(int result)
{
    if (Q_UNLIKELY(result < 0))
        fail(QString::fromLocal8Bit(zmq_strerror(zmq_errno())));
}

QByteArray addressOf(const QString &path)
{
    return "ipc://" + QFile::encodeName(path);
}

void *newContext()
{
    void *const context = zmq_ctx_new();
    check(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, zmq_ctx_get(context, ZMQ_SOCKET_LIMIT)));
    return context;
}

void *newSocket(void *context, int type, const Setup &setup)
{
    void *const socket = zmq_socket(context, type);
    verify(socket, "no socket");
    const int length = MessageBody::queueLength(setup.workload);
    const int linger = 0;
    check(zmq_setsockopt(socket, ZMQ_SNDHWM, &length, sizeof(length)));
    check(zmq_setsockopt(socket, ZMQ_RCVHWM, &length, sizeof(length)));
    check(zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger)));
    return socket;
}

} // namespace Bench
