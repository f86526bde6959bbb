// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/endpoint.h>

#include <QtCore/qbytearray.h>

#include <atomic>
#include <thread>
#include <vector>

/*!
    Clients of a server that send as fast as they can and read whatever comes, in a thread of their
    own. It shares no code with the library on purpose.
*/
class Flood
{
public:
    /// \a size is that of the frames' payload, with 0 they only read.
    Flood(const IpcPrims::Endpoint &endpoint, int clients, int size);
    ~Flood();
    Flood(const Flood &) = delete;
    Flood &operator=(const Flood &) = delete;

    /// By all of them together, since their handshakes.
    qint64 bytesRead() const { return m_bytesRead; }

private:
    struct Client
    {
        int descriptor = -1;
        bool isOpen = false; // The handshake is over.
        qsizetype written = 0; // Of the frames, which are sent over and over again.
    };

    void run(const QByteArray &path, int clients);
    void serve(Client &client, short events);

    const QByteArray m_frames;
    std::atomic<bool> m_isStopping = false;
    std::atomic<qint64> m_bytesRead = 0;
    std::vector<char> m_buffer;
    std::thread m_thread;
};
