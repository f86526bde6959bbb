// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "peer/attemptpacing_p.h"

#include <QtTest/qtest.h>

using namespace IpcPrims;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class tst_AttemptPacing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstAttemptWaitsForNothing();
    void pausesGrowUpToTheLongest();
    void pauseBeginsWithTheAttempt();
    void longAttemptStartsAnew();
    void ownEndStartsAnew();
    void replacedAttemptChangesNothing();

private:
    void failAtOnce(AttemptPacing *pacing) const
    {
        pacing->begun(m_now);
        pacing->ended(m_gone, m_now);
    }

    /// One whose next attempt waits for 100 ms.
    AttemptPacing pausedLongest() const
    {
        AttemptPacing pacing;
        for (int i = 0; i < 10; ++i)
            failAtOnce(&pacing);
        return pacing;
    }

    const AttemptPacing::Instant m_now{1h};
    const Error m_gone{ErrorCode::NotFound, u"x"_s};
};

void tst_AttemptPacing::firstAttemptWaitsForNothing()
{
    QCOMPARE(AttemptPacing().wait(m_now), 0ms);
}

void tst_AttemptPacing::pausesGrowUpToTheLongest()
{
    AttemptPacing pacing;
    for (const auto pause : {1ms, 2ms, 4ms, 8ms, 16ms, 32ms, 64ms, 100ms, 100ms}) {
        failAtOnce(&pacing);
        QCOMPARE(pacing.wait(m_now), pause);
    }
}

void tst_AttemptPacing::pauseBeginsWithTheAttempt()
{
    AttemptPacing pacing = pausedLongest();
    pacing.begun(m_now);
    pacing.ended(m_gone, m_now + 30ms);
    QCOMPARE(pacing.wait(m_now + 30ms), 70ms);
    QCOMPARE(pacing.wait(m_now + 2s), 0ms);
}

void tst_AttemptPacing::longAttemptStartsAnew()
{
    AttemptPacing pacing = pausedLongest();
    pacing.begun(m_now);
    pacing.ended(m_gone, m_now + 1s);
    QCOMPARE(pacing.wait(m_now + 1s), 0ms);
    failAtOnce(&pacing);
    QCOMPARE(pacing.wait(m_now), 1ms);
}

void tst_AttemptPacing::ownEndStartsAnew()
{
    AttemptPacing pacing = pausedLongest();
    pacing.begun(m_now);
    pacing.ended(Error(), m_now);
    QCOMPARE(pacing.wait(m_now), 0ms);
}

void tst_AttemptPacing::replacedAttemptChangesNothing()
{
    AttemptPacing pacing;
    failAtOnce(&pacing);
    failAtOnce(&pacing);
    pacing.ended(Error(ErrorCode::Cancelled, u"x"_s), m_now);
    QCOMPARE(pacing.wait(m_now), 2ms);
}

QTEST_GUILESS_MAIN(tst_AttemptPacing)
#include "tst_attemptpacing.moc"
