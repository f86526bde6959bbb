// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The functions of the guide do what the text beside them says.

#include <IpcPrims/JsonRpc>
#include <IpcPrims/Peer>
#include <IpcPrims/PeerHealth>
#include <IpcPrims/Server>

#include <QtCore/qmap.h>
#include <QtCore/qmutex.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>
#include <thread>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

// Of the guide; their code is compiled out of it.
using Settings = QMap<QString, QString>;
void follow(Peer *peer);
void closeFromAnyThread(Peer *peer);
void ask(Peer *peer);
void answer(Peer *peer);
void serve(JsonRpc *rpc);
void use(JsonRpc *rpc);
void stayConnected(Peer *peer, const Endpoint &endpoint);
void watch(Peer *peer);
void sendSettings(Peer *peer, const Settings &settings);
void receiveSettings(Peer *peer);
void receive(Peer *peer);
Error send(Peer *peer, const QByteArray &message);
void offerIndexer(JsonRpc *rpc);
void useIndexer(JsonRpc *rpc);
void reportProgress(JsonRpc *rpc, int percent);

// What the guide leaves to its reader.
QByteArray workOn(const QByteArray &job);
QByteArray workOn(const QByteArray &job)
{
    return job + ": done";
}

void handle(const QByteArray &message);
void handle(const QByteArray &message)
{
    qInfo() << message;
}

int countOf(const QString &word);
int countOf(const QString &word)
{
    return int(word.size());
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

class tst_Guide : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void sending();
    void threads();
    void requests();
    void jsonRpc();
    void reconnection();
    void health();
    void streams();
    void movingFromQLocalSocket();
    void movingFromQtRemoteObjects();

private:
    void connectBoth();
    Peer *accepted() const { return m_accepted; }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<Peer> m_client;
    Peer *m_accepted = nullptr;
    QtMessageHandler m_handler = nullptr;
};

void tst_Guide::init()
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

void tst_Guide::cleanup()
{
    qInstallMessageHandler(m_handler);
    m_client.reset();
    m_server.reset();
}

void tst_Guide::connectBoth()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    const Error error = m_server->listen(endpoint);
    QVERIFY2(!error, qPrintable(error.message()));
    m_client->connectToServer(endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(m_client->isOpen() && accepted(), Patience);
}

void tst_Guide::sending()
{
    connectBoth();
    follow(accepted());
    follow(m_client.get());
    QTRY_COMPARE_WITH_TIMEOUT(printed.filter(u"42 degrees"_s).size(), 2, Patience);
}

void tst_Guide::threads()
{
    connectBoth();
    std::thread([this] { closeFromAnyThread(m_client.get()); }).join();
    QTRY_COMPARE_WITH_TIMEOUT(m_client->state(), Peer::State::Closed, Patience);
}

void tst_Guide::requests()
{
    connectBoth();
    answer(accepted());
    ask(m_client.get());
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"%1 bytes"_s.arg(workOn("thumbnail 3.jpg").size())),
                             Patience);
}

void tst_Guide::jsonRpc()
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

void tst_Guide::reconnection()
{
    const Endpoint endpoint = Endpoint::fromPath(m_directory->filePath(u"s"_s));
    stayConnected(m_client.get(), endpoint);
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"next attempt in"_s), Patience);
    QVERIFY(!m_server->listen(endpoint));
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"session 1"_s), Patience);
}

void tst_Guide::health()
{
    watch(m_client.get());
    connectBoth();
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"Healthy"_s), Patience);
}

void tst_Guide::streams()
{
    connectBoth();
    receiveSettings(accepted());
    const Settings settings{{u"colour"_s, u"blue"_s}};
    sendSettings(m_client.get(), settings);
    QString text;
    QDebug(&text) << settings;
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(text.trimmed()), Patience);
}

void tst_Guide::movingFromQLocalSocket()
{
    connectBoth();
    receive(accepted());
    QVERIFY(!send(m_client.get(), "message"));
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"message"_s), Patience);
}

void tst_Guide::movingFromQtRemoteObjects()
{
    JsonRpc user(m_client.get());
    connectBoth();
    JsonRpc indexer(accepted());
    offerIndexer(&indexer);
    useIndexer(&user);
    reportProgress(&indexer, 50);
    QTRY_VERIFY_WITH_TIMEOUT(isPrinted(u"5 times"_s) && isPrinted(u"50 %"_s), Patience);
}

QTEST_GUILESS_MAIN(tst_Guide)
#include "tst_guide.moc"
