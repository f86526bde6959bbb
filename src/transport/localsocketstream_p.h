// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "frame/devicestream_p.h"
#ifdef Q_OS_UNIX
#    include "transport/filedescriptor_p.h"
#endif

#include <QtCore/qbytearray.h>
#include <QtCore/qscopedpointer.h>
#include <QtNetwork/qlocalsocket.h>

#include <memory>

namespace IpcPrims {

/*!
    A byte stream over a connected QLocalSocket.

    When a write fails because the other side is gone, QLocalSocket throws away what that side had
    said before. So the stream saves what the socket holds at that moment and, on Unix, reads what
    the kernel holds from a second descriptor of the same connection.
*/
class IPCPRIMS_AUTOTEST_EXPORT LocalSocketStream final : public DeviceStream
{
    Q_OBJECT

public:
    explicit LocalSocketStream(std::unique_ptr<QLocalSocket> socket);
    ~LocalSocketStream() override;

    Result read(std::span<char> target, std::span<char> overflow) override;
    Result write(std::span<const QByteArrayView> buffers) override;
    bool atEnd() const override;
    void close() override;

protected:
    void flushDevice() override;

private:
    void saveRest(QLocalSocket::LocalSocketError reason);
    qsizetype readRest(std::span<char> place);

    // Deleted later because the stream may be deleted from a slot that the socket has called.
    std::unique_ptr<QLocalSocket, QScopedPointerDeleteLater> m_socket;
    bool m_hasFailed = false; // For another reason than that the other side is gone.
    bool m_isBroken = false; // The socket is of no more use; the rest is here:
    QByteArray m_rest;
#ifdef Q_OS_UNIX
    FileDescriptor m_second;
#endif
};

} // namespace IpcPrims
