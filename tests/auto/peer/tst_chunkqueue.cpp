// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/chunkqueue_p.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

using namespace IpcPrims;

static constexpr qsizetype ChunkSize = ChunkQueue::ChunkSize;

class tst_ChunkQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsEveryByteInOrder();
    void chunksAreFilledBeforeTheNext();
    void findsBytesThatAreUnread();
};

void tst_ChunkQueue::keepsEveryByteInOrder()
{
    QRandomGenerator random(20260101);
    ChunkQueue queue;
    QByteArray expected;
    QByteArray read;
    for (int round = 0; round < 2000; ++round) {
        QByteArray piece(random.bounded(1, round % 10 == 0 ? 200'000 : 500), Qt::Uninitialized);
        for (char &byte : piece)
            byte = char(random.generate());
        queue.append(piece);
        expected += piece;
        QByteArray target(random.bounded(1, 30'000), Qt::Uninitialized);
        target.truncate(queue.read(target.data(), target.size()));
        read += target;
        QCOMPARE(queue.size(), expected.size() - read.size());
    }
    QByteArray rest(queue.size(), Qt::Uninitialized);
    QCOMPARE(queue.read(rest.data(), rest.size() + 1), rest.size());
    QVERIFY(read + rest == expected);
    QVERIFY(queue.isEmpty());
    QCOMPARE(queue.read(rest.data(), 1), 0);
}

void tst_ChunkQueue::chunksAreFilledBeforeTheNext()
{
    ChunkQueue queue;
    queue.append(QByteArray(ChunkSize - 1, 'a'));
    QVERIFY(!queue.isFirstFull());
    queue.append("bc");
    QVERIFY(queue.isFirstFull());
    QCOMPARE(queue.first(), QByteArray(ChunkSize - 1, 'a') + 'b');
    queue.removeFirst();
    QVERIFY(!queue.isFirstFull());
    QCOMPARE(queue.first(), QByteArray("c"));
    queue.removeFirst();
    QVERIFY(queue.isEmpty());
    QVERIFY(!queue.isFirstFull());
}

void tst_ChunkQueue::findsBytesThatAreUnread()
{
    ChunkQueue queue;
    queue.append("x\n" + QByteArray(2 * ChunkSize, 'y'));
    QVERIFY(queue.contains('\n'));
    QByteArray target(2, Qt::Uninitialized);
    QCOMPARE(queue.read(target.data(), 2), 2);
    QVERIFY(!queue.contains('\n'));
    queue.append("\n");
    QVERIFY(queue.contains('\n'));
    queue.clear();
    QVERIFY(!queue.contains('\n'));
    QCOMPARE(queue.size(), 0);
}

QTEST_GUILESS_MAIN(tst_ChunkQueue)
#include "tst_chunkqueue.moc"
