// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/*
    Qt Remote Objects: the frames are calls of a source's slots.
*/
#include "peers/eventloopclient.h"
#include "peers/service.h"
#include "rep_echo_merged.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qurl.h>
#include <QtRemoteObjects/qremoteobjectnode.h>
#include <QtRemoteObjects/qremoteobjectpendingcall.h>

namespace Bench {
namespace {

// A replica takes any amount of calls, so it is the sender that has to see that memory doesn't run
// out: it has two such portions on their way at most.
constexpr qint64 Portion = 8 * 1024 * 1024;

QUrl urlOf(const Setup &setup)
{
    return QUrl(QStringLiteral("local:") + setup.path);
}

struct Connection
{
    explicit Connection(const QUrl &url)
        : replica((node.connectToNode(url), node.acquire<EchoReplica>()))
    {}

    QRemoteObjectNode node;
    const std::unique_ptr<EchoReplica> replica;
    qint64 bytesOfPortion = 0;
    int portionsOnTheirWay = 0;
};

class RemoteObjectsClient : public EventLoopClient
{
public:
    explicit RemoteObjectsClient(const Setup &setup)
        : m_setup(setup)
    {}

    void close() override { m_connections.clear(); }

protected:
    void startConnection(int) override
    {
        auto &added = m_connections.emplace_back(std::make_unique<Connection>(urlOf(m_setup)));
        QObject::connect(added->replica.get(), &EchoReplica::initialized, added->replica.get(),
                         [this] { opened(); });
    }

    bool send(int connection, quint16 channel, const QByteArray &payload) override
    {
        Connection &over = *m_connections[connection];
        if (channel == Channel::Command) {
            whenAnswered(over, over.replica->echo(payload), [=, this](const QByteArray &answer) {
                arrived(connection, channel, answer);
            });
        } else if (payload.isEmpty()) {
            whenAnswered(over, over.replica->receipt(), [=, this](const QByteArray &answer) {
                arrived(connection, channel, answer);
            });
        } else {
            if (over.portionsOnTheirWay >= 2)
                return false;
            over.replica->data(payload);
            countPortions(over, payload.size());
        }
        return true;
    }

private:
    template<typename Function>
    static void whenAnswered(Connection &connection,
                             const QRemoteObjectPendingReply<QByteArray> &reply, Function function)
    {
        auto *const watcher = new QRemoteObjectPendingCallWatcher(reply, connection.replica.get());
        QObject::connect(watcher, &QRemoteObjectPendingCallWatcher::finished, watcher, [=] {
            watcher->deleteLater();
            function(watcher->returnValue().toByteArray());
        });
    }

    void countPortions(Connection &connection, qint64 bytes)
    {
        connection.bytesOfPortion += bytes;
        if (connection.bytesOfPortion < Portion
            || m_setup.workload.operation == Operation::CommandsBesideData)
            return;
        connection.bytesOfPortion = 0;
        ++connection.portionsOnTheirWay;
        whenAnswered(connection, connection.replica->echo({}), [&, this](const QByteArray &) {
            --connection.portionsOnTheirWay;
            writable();
        });
    }

    const Setup m_setup;
    std::vector<std::unique_ptr<Connection>> m_connections;
};

class RemoteObjectsServer : public EchoSimpleSource, public Server
{
public:
    explicit RemoteObjectsServer(const Setup &setup)
        : m_setup(setup)
    {}

    void listen() override
    {
        verify(m_host.setHostUrl(urlOf(m_setup)) && m_host.enableRemoting(this),
               "listening failed");
    }

    void run() override { QCoreApplication::exec(); }

    QByteArray echo(const QByteArray &payload) override { return payload; }
    void data(const QByteArray &payload) override { m_service.count(payload.size()); }
    QByteArray receipt() override { return m_service.takeReceipt(); }

private:
    const Setup m_setup;
    Service m_service;
    QRemoteObjectHost m_host;
};

} // namespace

std::unique_ptr<Client> makeClient(const Setup &setup)
{
    return std::make_unique<RemoteObjectsClient>(setup);
}

std::unique_ptr<Server> makeServer(const Setup &setup)
{
    return std::make_unique<RemoteObjectsServer>(setup);
}

} // namespace Bench
