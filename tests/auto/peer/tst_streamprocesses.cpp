// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/channeldevice.h>
#include <IpcPrims/peer.h>
#include <IpcPrims/server.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qcryptographichash.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qprocess.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <csignal>

using namespace IpcPrims;
using namespace Qt::StringLiterals;

static constexpr int Patience = 60'000; // ms; only a failing test waits that long.
static constexpr qint64 StreamSize = 50'000'000;

/*!
    The other process, a client: reads the stream on DATA. Answers each COMMAND with how much of it
    was there then, and in the end says on TELEMETRY what it was. Told to, it writes half a stream.
*/
class Reader : public QObject
{
    Q_OBJECT

public:
    explicit Reader(const QString &path)
        : m_device(&m_peer, Channel::Data)
    {
        connect(&m_peer, &Peer::connected, this, [this] { m_device.open(QIODevice::ReadWrite); });
        connect(&m_peer, &Peer::frameReceived, this, &Reader::answer);
        connect(&m_peer, &Peer::disconnected, qApp, &QCoreApplication::quit);
        connect(&m_device, &QIODevice::readyRead, this, &Reader::read);
        connect(&m_device, &QIODevice::readChannelFinished, this, [this] {
            m_peer.sendJson(Channel::Telemetry,
                            {{u"size"_s, m_size},
                             {u"sha256"_s, QString::fromLatin1(m_hash.result().toHex())},
                             {u"finished"_s, m_device.isFinished()}});
        });
        m_peer.connectToServer(Endpoint::fromPath(path));
    }

private:
    void read()
    {
        const QByteArray bytes = m_device.readAll();
        m_hash.addData(bytes);
        m_size += bytes.size();
    }

    void answer(quint16 channel, const QByteArray &command)
    {
        if (command == "write")
            m_device.write(QByteArray(1'000'000, 'h'));
        else
            m_peer.sendJson(channel, {{u"sizeThen"_s, m_size}});
    }

    Peer m_peer;
    ChannelDevice m_device;
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
    qint64 m_size = 0;
};

/// ChannelDevice between two processes.
class tst_StreamProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void largeStreamArrivesWholeWhileCommandsPass();
    void readerLearnsThatTheWriterDied();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Server> m_server;
    std::unique_ptr<QProcess> m_process;
    QPointer<Peer> m_peer;
};

void tst_StreamProcesses::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<Server>();
    connect(m_server.get(), &Server::peerConnected, this, [this](Peer *peer) { m_peer = peer; });
    const QString path = m_directory->filePath(u"s"_s);
    QVERIFY(!m_server->listen(Endpoint::fromPath(path)));
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::ForwardedChannels);
    m_process->start(QCoreApplication::applicationFilePath(), {u"read"_s, path});
    QTRY_VERIFY_WITH_TIMEOUT(m_peer, Patience);
}

void tst_StreamProcesses::cleanup()
{
    m_server.reset();
    if (!m_process->waitForFinished(Patience))
        m_process->kill();
    m_process.reset();
}

void tst_StreamProcesses::largeStreamArrivesWholeWhileCommandsPass()
{
    QRandomGenerator random(20260102);
    QByteArray block(1'000'000, Qt::Uninitialized);
    for (char &byte : block)
        byte = char(random.generate());
    QCryptographicHash hash(QCryptographicHash::Sha256);

    ChannelDevice device(m_peer, Channel::Data);
    QVERIFY(device.open(QIODevice::WriteOnly));
    QJsonObject result;
    QList<qint64> hadLeft; // When a command was given: stream that the system has taken already.
    QList<qint64> sizesThen; // When it arrived: stream that the reader had got.
    connect(m_peer, &Peer::frameReceived, this, [&](quint16 channel, const QByteArray &payload) {
        const QJsonObject object = QJsonDocument::fromJson(payload).object();
        if (channel == Channel::Command)
            sizesThen.append(object["sizeThen"_L1].toInteger());
        else
            result = object;
    });

    qint64 written = 0;
    const auto write = [&] {
        while (written < StreamSize) {
            const int offset = random.bounded(0, 900'000);
            const int size = random.bounded(1, random.bounded(2) == 0 ? 100 : 100'000);
            const qint64 wanted = qMin<qint64>(size, StreamSize - written);
            const qint64 accepted = device.write(block.constData() + offset, wanted);
            hash.addData(QByteArrayView(block).sliced(offset, accepted));
            written += accepted;
            if (accepted < wanted)
                return;
        }
        device.finish();
    };
    connect(&device, &QIODevice::bytesWritten, this, [&](qint64) {
        if (hadLeft.size() == sizesThen.size() && result.isEmpty()) {
            QVERIFY(!m_peer->send(Channel::Command, "how far?"));
            hadLeft.append(written - device.bytesToWrite() - m_peer->bytesQueued(Channel::Data));
        }
        write();
    });
    // Who doesn't read holds the writer back.
    ::kill(pid_t(m_process->processId()), SIGSTOP);
    write();
    QVERIFY(written < StreamSize);
    ::kill(pid_t(m_process->processId()), SIGCONT);
    QTRY_VERIFY_WITH_TIMEOUT(!result.isEmpty(), Patience);

    QCOMPARE(result["size"_L1].toInteger(), StreamSize);
    QCOMPARE(result["sha256"_L1].toString(), QString::fromLatin1(hash.result().toHex()));
    QVERIFY(result["finished"_L1].toBool());
    QTRY_COMPARE_WITH_TIMEOUT(sizesThen.size(), hadLeft.size(), Patience);
    QVERIFY(!sizesThen.isEmpty());
    // Megabytes waited in the queue, but no more than what was committed already, 64 KiB and a
    // frame, left before the command.
    for (qsizetype i = 0; i < sizesThen.size(); ++i)
        QVERIFY2(sizesThen.at(i) <= hadLeft.at(i) + 3 * 65'536,
                 qPrintable(u"%1 > %2"_s.arg(sizesThen.at(i)).arg(hadLeft.at(i))));
}

void tst_StreamProcesses::readerLearnsThatTheWriterDied()
{
    ChannelDevice device(m_peer, Channel::Data);
    QVERIFY(device.open(QIODevice::ReadOnly));
    QVERIFY(!m_peer->send(Channel::Command, "write"));
    QTRY_COMPARE_WITH_TIMEOUT(device.bytesAvailable(), 1'000'000, Patience);
    m_process->kill();
    QTRY_VERIFY_WITH_TIMEOUT(device.error(), Patience);
    QVERIFY(!device.isFinished());
    QVERIFY(!device.errorString().isEmpty());
    QCOMPARE(device.readAll().size(), 1'000'000);
    QVERIFY(device.atEnd());
}

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == u"read"_s) {
        const Reader reader(arguments.at(2));
        return QCoreApplication::exec();
    }
    tst_StreamProcesses test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_streamprocesses.moc"
