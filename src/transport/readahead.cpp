// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/readahead_p.h"

#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qlocalsocket.h>

namespace IpcPrims {

static constexpr qint64 ReadAhead = 64 * 1024;

template<typename Socket>
static void limit(QIODevice *device)
{
    auto *const socket = qobject_cast<Socket *>(device);
    if (socket && socket->readBufferSize() == 0)
        socket->setReadBufferSize(ReadAhead);
}

void limitReadAhead(QIODevice *device)
{
    limit<QLocalSocket>(device);
    limit<QAbstractSocket>(device);
}

} // namespace IpcPrims
