// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The functions of the README do what the text beside them says.

#include <IpcPrims/JsonRpc>
#include <IpcPrims/Peer>
#include <IpcPrims/PeerHealth>
#include <IpcPrims/Server>

#include <QtCore/qmap.h>
#include <QtCore/qmutex.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

// Of the README; their code is compiled out of it.
using Settings = QMap<QString, QString>;
void ask(Peer *peer);
void answer(Peer *peer);
void serve(JsonRpc *rpc);
void use(JsonRpc *rpc);
void stayConnected(Peer *peer, const Endpoint &endpoint);
void watch(Peer *peer);
void sendSettings(Peer *peer, const Settings &settings);
void receiveSettings(Peer *peer);

// What the README leaves to its reader.
QByteArray workOn(const QByteArray &job);
QByteArray workOn(const QByteArray &job)
{
    return job + ": done";
}

namespace {

constexpr int Patience = 30'000; // ms; only a failing test waits that long.

// What the functions print.
QMutex printedMutex;
QStringList printed;

void keep(QtMsgType, const QMessageLogContext &, const QString &text)
{
    const QMutexLocker lock(&printedMutex);
    printed.append(text);
}

bool isPrinted(const QString &text)
{
    const QMutexLocker lock(&printedMutex);
    return !printed.filter(text).isEmpty();
}

} // namespace

class tst_Readme : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void requests();
    void jsonRpc();
    void reconnection();
    void health();
    void streams();

private:
    void connectBoth();
    Peer *accepted() const { return m_accepted; }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<Peer> m_client;
    Peer *m_accepted = nullptr;
    QtMessageHandler m_handler = nullptr;
};

void tst_Readme::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<Server>();
    m_client = std::make_unique<Peer>();
    m_accepted = nullptr;
    connect(m_server.get(), &Server::peerConnected, this,
            [this](Peer *peer) { m_accepted = peer; });
    printed.clear();
    m_handler = qInstallMessageHandler(keep);
}

void tst_Readme::cleanup()
{
    qInstallMessageHandler(m_handler);
    m_client.reset();
    m_server.reset();
}

void tst_Readme::connectBoth()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    const Error error = m_server->listen(endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
    m_client->connectToServer(endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && accepted(), Patience);
}

void tst_Readme::requests()
{
    connectBoth();
    answer(accepted());
    ask(m_client.get());
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"%1 bytes"_s.arg(workOn("thumbnail 3.jpg").size())),
                             Patience);
}

void tst_Readme::jsonRpc()
{
    m_server->setChannels({Channel::Command, 256});
    JsonRpc caller(m_client.get(), 256);
    connectBoth();
    JsonRpc callee(accepted(), 256);
    QString notification;
    connect(&callee, &JsonRpc::notificationReceived, this,
            [&](const QString &method) { notification = method; });
    serve(&callee);
    use(&caller);
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"19"_s), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(notification, u"log"_s, Patience);
    const auto soon = caller.call(u"soon"_s);
    QTRY_VERIFY_WITH_TIMEOUT(soon.isFinished(), Patience);
    QCOMPARE(soon.result().value, QJsonValue(true));
}

void tst_Readme::reconnection()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    stayConnected(m_client.get(), endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"next attempt in"_s), Patience);
    QVERIFY(!m_server->listen(endpoint));
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"session 1"_s), Patience);
}

void tst_Readme::health()
{
    watch(m_client.get());
    connectBoth();
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"Healthy"_s), Patience);
}

void tst_Readme::streams()
{
    connectBoth();
    receiveSettings(accepted());
    const Settings settings{{u"colour"_s, u"blue"_s}};
    sendSettings(m_client.get(), settings);
    QString text;
    QDebug(&text) << settings;
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(text.trimmed()), Patience);
}

QTEST_GUILESS_MAIN(tst_Readme)
#include "tst_readme.moc"
