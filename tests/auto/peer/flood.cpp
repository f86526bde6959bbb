// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "flood.h"

#include "rawsocket.h"

#include <algorithm>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const QByteArray Handshake
        = RawSocket::frame(0, R"({"protocol":"ipcprims","version":"1.0","channels":[1,2,3,4]})");

Flood::Flood(const IpcPrims::Endpoint &endpoint, int clients, int size)
    : m_frames(size == 0 ? QByteArray()
                         : RawSocket::frame(2, QByteArray(size, 'f')).repeated(1 + 60'000 / size))
    , m_buffer(256 * 1024)
    , m_thread([this, path = endpoint.nativeAddress(), clients] { run(path, clients); })
{}

Flood::~Flood()
{
    m_isStopping = true;
    m_thread.join();
}

// The server's backlog may be full, and its thread may wait for this one.
static int connectTo(const QByteArray &path, const std::atomic<bool> &isStopping)
{
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    while (::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof(address)) != 0
           && !isStopping)
        ::usleep(1000);
    return descriptor;
}

void Flood::run(const QByteArray &path, int clients)
{
    std::vector<Client> all;
    std::vector<pollfd> polled;
    while (!m_isStopping) {
        if (all.size() < size_t(clients)) {
            all.push_back({connectTo(path, m_isStopping)});
            polled.push_back({all.back().descriptor, POLLIN, 0});
            static_cast<void>(::send(all.back().descriptor, Handshake.constData(),
                                     size_t(Handshake.size()), MSG_NOSIGNAL));
        }
        ::poll(polled.data(), polled.size(), all.size() < size_t(clients) ? 0 : 10);
        for (size_t i = 0; i < all.size(); ++i) {
            serve(all[i], polled[i].revents);
            if (all[i].isOpen && !m_frames.isEmpty())
                polled[i].events = POLLIN | POLLOUT;
        }
    }
    for (const Client &client : all)
        ::close(client.descriptor);
}

void Flood::serve(Client &client, short events)
{
    if (events & POLLIN) {
        const ssize_t got = ::recv(client.descriptor, m_buffer.data(), m_buffer.size(), 0);
        if (client.isOpen && got > 0)
            m_bytesRead += got;
        client.isOpen = client.isOpen || got > 0;
    }
    if (events & POLLOUT) {
        const ssize_t put = ::send(client.descriptor, m_frames.constData() + client.written,
                                   size_t(m_frames.size() - client.written), MSG_NOSIGNAL);
        client.written = (client.written + std::max<ssize_t>(0, put)) % m_frames.size();
    }
}
