// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "judging.h"

#include <QtCore/qthread.h>

#include <atomic>
#include <memory>
#include <vector>

using namespace IpcPrims;

/// One registry, many threads.
class tst_SchemaThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneRegistryServesManyThreads();
    void registriesAreBuiltAtOnce();
};

namespace {
constexpr int ThreadCount = 8;

void runInThreads(const std::function<void(int)> &function)
{
    std::vector<std::unique_ptr<QThread>> threads;
    for (int i = 0; i < ThreadCount; ++i)
        threads.emplace_back(QThread::create(function, i))->start();
    for (const auto &thread : threads)
        QVERIFY(thread->wait(60000));
}
} // namespace

void tst_SchemaThreads::registriesAreBuiltAtOnce()
{
    std::atomic<int> good = 0;
    runInThreads([&](int) {
        for (int i = 0; i < 20; ++i)
            good += registryOf(R"({"properties":{"a":{"pattern":"^a"}}})") != nullptr;
    });
    QCOMPARE(good, ThreadCount * 20);
}

void tst_SchemaThreads::oneRegistryServesManyThreads()
{
    const QByteArray schema
            = R"({"$id":"http://x/y","$dynamicAnchor":"n","type":["object","string"],
        "pattern":"^[a-z]+$","properties":{"next":{"$dynamicRef":"#n"},"list":{"uniqueItems":true}},
        "unevaluatedProperties":false})";
    const auto registry = registryOf(schema);
    QVERIFY(registry);
    std::atomic<int> wrong = 0;
    runInThreads([&](int number) {
        for (int i = 0; i < 500; ++i) {
            const QByteArray text = QByteArray(number + 1, 'a');
            const QByteArray list = "[1,2,3,4,5,6,7,8,9," + QByteArray::number(i + 10) + ']';
            const QByteArray good = R"({"next":{"next":")" + text + R"("},"list":)" + list + '}';
            const QByteArray bad = R"({"next":{"nxt":")" + text + R"("}})";
            wrong += registry->validate(TestChannel, good).has_value();
            wrong += !registry->validate(TestChannel, bad).has_value();
        }
    });
    QCOMPARE(wrong, 0);
}

QTEST_GUILESS_MAIN(tst_SchemaThreads)

#include "tst_schemathreads.moc"
