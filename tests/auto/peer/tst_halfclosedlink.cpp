// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/framelink_p.h"
#include "transport/filedescriptor_p.h"
#include "transport/nativestream_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <memory>
#include <vector>

#include <sys/socket.h>

using namespace IpcPrims;

static constexpr int Patience = 60'000; // ms; only a failing test waits that long.

/// A link that receives nothing and whose queue is full, while the other side sends nothing more.
class HalfClosedLink final : public FrameLink::Sink
{
public:
    HalfClosedLink()
    {
        int descriptors[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, descriptors) != 0)
            qFatal("no pair of sockets");
        link = FrameLink::make(std::make_unique<NativeStream>(FileDescriptor(descriptors[0])),
                               this);
        link->start();
        other = FileDescriptor(descriptors[1]);
        link->setReceiving(false);
        while (!link->send(256, QByteArray(100'000, 'x'))) {
        }
        ::shutdown(other.get(), SHUT_WR);
    }

    void frameDecoded(DecodedFrame &) override {}
    void linkEnded(const Error &error) override { ends.append(error); }
    void readyToSend(quint16 channel) override { ready.append(channel); }

    FrameLink::Pointer link;
    FileDescriptor other;
    QList<Error> ends;
    QList<quint16> ready;
};

/// An other side that may still read what is queued is waited for, as long as it does.
class tst_HalfClosedLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isWaitedForWithoutWork();
    void endsWhenAllIsRead();
    void endsWhenTheOtherSideCloses();
};

void tst_HalfClosedLink::isWaitedForWithoutWork()
{
    HalfClosedLink one;
    int awakenings = 0;
    QEventLoop loop;
    connect(QAbstractEventDispatcher::instance(), &QAbstractEventDispatcher::awake, &loop,
            [&awakenings] { ++awakenings; });
    QTimer::singleShot(3000, &loop, &QEventLoop::quit);
    loop.exec();
    QVERIFY(one.ends.isEmpty());
    QVERIFY2(awakenings < 12, qPrintable(QString::number(awakenings)));
    // But not for ever.
    QTRY_COMPARE_WITH_TIMEOUT(one.ends.size(), 1, Patience);
    QVERIFY(!one.ends.first());
}

void tst_HalfClosedLink::endsWhenAllIsRead()
{
    HalfClosedLink one;
    QTest::qWait(1000); // The end of a side that isn't read from is looked for now and then.
    std::vector<char> bytes(1'000'000);
    while (one.link->bytesToWrite() > 0) {
        QVERIFY(one.ends.isEmpty());
        while (::recv(one.other.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        }
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE_WITH_TIMEOUT(one.ends.size(), 1, Patience);
    QCOMPARE(one.ready, QList<quint16>({256}));
}

void tst_HalfClosedLink::endsWhenTheOtherSideCloses()
{
    HalfClosedLink one;
    QTest::qWait(1000);
    QVERIFY(one.ends.isEmpty());
    one.other = FileDescriptor();
    for (int i = 0; i < 5 && one.ends.isEmpty(); ++i)
        QCoreApplication::processEvents(); // Which wait for nothing.
    QCOMPARE(one.ends.size(), 1);
}

QTEST_GUILESS_MAIN(tst_HalfClosedLink)
#include "tst_halfclosedlink.moc"
