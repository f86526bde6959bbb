// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "world.h"

#include "descriptors.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <chrono>

using namespace IpcPrims;
using namespace std::chrono_literals;

static constexpr std::chrono::seconds Patience = 60s;
static constexpr int MaxDepth = 3; // Of slots in slots.
static constexpr qint64 StepsOfRound = 2000;

static qint64 setting(const char *name, qint64 otherwise)
{
    bool isNumber = false;
    const qint64 value = qEnvironmentVariable(name).toLongLong(&isNumber);
    return isNumber ? value : otherwise;
}

/*!
    Random sequences of what applications can do with both ends of sessions, checked against a
   model: each accepted frame has one fate, each future finishes once, signals come in the
   documented order, and nothing is left over.

    IPCPRIMS_STATEFUL_SEED begins with that seed; a failure names the one of its round.
    IPCPRIMS_STATEFUL_STEPS is how many steps are taken, IPCPRIMS_STATEFUL_THREADS how many threads
    send besides (0 makes a round the same each time, as far as the system lets it).
*/
class tst_Stateful : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void randomSequences();

private:
    /// Returns what was wrong.
    QString playRound(quint64 seed, int threads);
    void play(World *world, Model *model);
    void actInSlot(World *world, Model *model);

    int m_depth = 0;
};

void tst_Stateful::randomSequences()
{
    const qint64 steps = setting("IPCPRIMS_STATEFUL_STEPS", 60'000);
    const int threads = int(setting("IPCPRIMS_STATEFUL_THREADS", 2));
    quint64 seed = quint64(setting("IPCPRIMS_STATEFUL_SEED", 0));
    if (seed == 0)
        seed = std::random_device()() % 1'000'000'000 + 1;
    qInfo("seed %llu, %lld steps", seed, steps);
    playRound(seed, threads); // Makes what stays: threads of pools, descriptors of the system.
    const auto before = openDescriptors();
    for (qint64 done = 0; done < steps; done += StepsOfRound) {
        const QString wrong = playRound(seed, threads);
        if (!wrong.isEmpty()) { // Longer than what Qt Test prints.
            qCritical().noquote() << wrong;
            QFAIL(qPrintable(QStringLiteral("IPCPRIMS_STATEFUL_SEED=%1").arg(seed)));
        }
        ++seed;
    }
    QCOMPARE(openDescriptors().size(), before.size());
}

QString tst_Stateful::playRound(quint64 seed, int threads)
{
    Model model(seed);
    {
        World world(&model, threads);
        model.actInSlot = [&] { actInSlot(&world, &model); };
        play(&world, &model);
        if (!model.journal.isClean())
            return model.journal.text();
        model.actInSlot = [] {};
    }
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    model.sessions.excuse();
    model.ledger.settle();
    model.checkFutures();
    if (model.unfinishedFutures() > 0)
        model.journal.violation(
                QStringLiteral("%1 futures never finish").arg(model.unfinishedFutures()));
    return model.journal.isClean() ? QString() : model.journal.text();
}

void tst_Stateful::play(World *world, Model *model)
{
    QEventLoop loop;
    QTimer steps;
    bool isWindingUp = false;
    QDeadlineTimer patience(Patience);
    QObject::connect(&steps, &QTimer::timeout, &loop, [&] {
        if (!model->journal.isClean() || (isWindingUp && world->isAtRest()))
            return loop.quit();
        if (patience.hasExpired()) {
            model->journal.violation(QStringLiteral("the end doesn't come"));
            return loop.quit();
        }
        if (isWindingUp)
            return;
        if (model->journal.steps() >= StepsOfRound) {
            isWindingUp = true;
            patience = QDeadlineTimer(Patience);
            return world->windUp();
        }
        for (qint64 left = 1 + model->choice.below(10); left > 0; --left)
            world->act();
    });
    steps.start(0);
    loop.exec();
}

void tst_Stateful::actInSlot(World *world, Model *model)
{
    if (m_depth >= MaxDepth || !model->choice.oneIn(20))
        return;
    ++m_depth;
    if (model->choice.oneIn(10)) {
        QEventLoop loop;
        QTimer::singleShot(model->choice.below(3), &loop, &QEventLoop::quit);
        loop.exec();
    } else {
        world->act();
    }
    --m_depth;
}

int main(int argc, char **argv)
{
    // A million steps with a sanitizer take longer than Qt Test lets a function run.
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", QByteArray::number(24 * 3600 * 1000));
    const QCoreApplication app(argc, argv);
    tst_Stateful test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_stateful.moc"
