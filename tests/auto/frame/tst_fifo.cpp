// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/fifo_p.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

using namespace IpcPrims;

using Item = std::unique_ptr<int>;

class tst_Fifo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isADequeOfWhichOnlyTheEndsChange();
    void takesNoMemoryBeforeTheFirstElement();
    void keepsLittleMemoryOnceItIsEmpty();
    void elementsGoWhenTheyAreTaken();
    void puttingBackTakesNoMemory();
    void movedFromOneIsEmpty();
};

static void compare(const Fifo<Item> &fifo, const std::deque<int> &expected)
{
    QCOMPARE(fifo.size(), expected.size());
    QCOMPARE(fifo.empty(), expected.empty());
    QVERIFY(std::equal(fifo.begin(), fifo.end(), expected.begin(),
                       [](const Item &item, int value) { return *item == value; }));
    if (!expected.empty()) {
        QCOMPARE(*fifo.front(), expected.front());
        QCOMPARE(*fifo.back(), expected.back());
    }
}

void tst_Fifo::isADequeOfWhichOnlyTheEndsChange()
{
    QRandomGenerator random(20261128);
    Fifo<Item> fifo;
    std::deque<int> expected;
    for (int i = 0; i < 20'000; ++i) {
        // It grows, stays and shrinks in turn.
        const int growth = i / 1'000 % 3;
        const int act = random.bounded(100);
        if (act < 30 + 20 * growth || expected.empty()) {
            fifo.push_back(std::make_unique<int>(i));
            expected.push_back(i);
        } else if (act < 33 + 20 * growth) {
            fifo.push_front(std::make_unique<int>(i));
            expected.push_front(i);
        } else if (act == 99) {
            const int index = random.bounded(int(expected.size()));
            const int end = std::min(index + 1 + random.bounded(3), int(expected.size()));
            fifo.erase(fifo.begin() + index, fifo.begin() + end);
            expected.erase(expected.begin() + index, expected.begin() + end);
        } else {
            fifo.pop_front();
            expected.pop_front();
        }
        compare(fifo, expected);
        if (QTest::currentTestFailed())
            return;
    }
    QVERIFY(expected.size() > 100);
}

void tst_Fifo::takesNoMemoryBeforeTheFirstElement()
{
    const Fifo<Item> fifo;
    QVERIFY(!fifo.begin());
    QVERIFY(fifo.empty());
}

void tst_Fifo::keepsLittleMemoryOnceItIsEmpty()
{
    Fifo<Item> fifo;
    fifo.push_back(nullptr);
    fifo.pop_front();
    QVERIFY(fifo.begin()); // For the next one.
    for (int i = 0; i < 1000; ++i)
        fifo.push_back(nullptr);
    while (!fifo.empty())
        fifo.pop_front();
    QVERIFY(!fifo.begin());
}

void tst_Fifo::elementsGoWhenTheyAreTaken()
{
    Fifo<std::shared_ptr<int>> fifo;
    const auto first = std::make_shared<int>(1);
    fifo.push_back(first);
    fifo.push_back(nullptr);
    QCOMPARE(first.use_count(), 2);
    fifo.pop_front();
    QCOMPARE(first.use_count(), 1);
}

void tst_Fifo::puttingBackTakesNoMemory()
{
    Fifo<Item> fifo;
    for (int i = 0; i < 3; ++i)
        fifo.push_back(std::make_unique<int>(i));
    const Item *const begin = fifo.begin();
    for (int i = 0; i < 1000; ++i) {
        Item first = std::move(fifo.front());
        fifo.pop_front();
        fifo.push_front(std::move(first));
    }
    QCOMPARE(fifo.begin(), begin);
    compare(fifo, {0, 1, 2});
}

void tst_Fifo::movedFromOneIsEmpty()
{
    Fifo<Item> fifo;
    fifo.push_back(std::make_unique<int>(1));
    fifo.push_back(std::make_unique<int>(2));
    fifo.pop_front();
    Fifo<Item> other = std::exchange(fifo, {});
    QVERIFY(fifo.empty());
    compare(other, {2});
    fifo.push_back(std::make_unique<int>(3));
    compare(fifo, {3});
    fifo = std::move(other);
    compare(fifo, {2});
}

QTEST_APPLESS_MAIN(tst_Fifo)
#include "tst_fifo.moc"
