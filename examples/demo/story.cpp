// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "story.h"

#include "terminal.h"

#include <chrono>

namespace Demo {

using namespace std::chrono_literals;

namespace {
constexpr std::chrono::seconds StepDeadline = 30s;
}

Story::Story()
{
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(StepDeadline);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        fail(QStringLiteral("waited %1 s for %2")
                     .arg(StepDeadline.count())
                     .arg(m_parts.front().steps.front()->waitingFor()));
    });
}

void Story::add(Part part)
{
    connect(part.otherEnd.get(), &OtherEnd::broken, this, &Story::fail);
    for (const auto &step : part.steps) {
        connect(step.get(), &Step::observed, this, &printObservation);
        connect(step.get(), &Step::finished, this, &Story::endStep);
        connect(step.get(), &Step::failed, this, &Story::fail);
    }
    m_parts.push_back(std::move(part));
}

void Story::tell()
{
    m_sinceStart.start();
    beginPart();
}

void Story::beginPart()
{
    if (m_parts.empty()) {
        conclude();
        return;
    }
    printTitle(++m_partsTold, m_parts.front().title);
    m_partFailed = false;
    beginStep();
}

void Story::beginStep()
{
    if (m_parts.front().steps.empty()) {
        endPart();
        return;
    }
    m_deadline.start();
    m_parts.front().steps.front()->start();
}

void Story::endStep()
{
    m_deadline.stop();
    // Queued, because the step that ends is still on the call stack.
    QMetaObject::invokeMethod(
            this,
            [this] {
                if (m_partFailed)
                    return; // there was more to come, and nothing good
                m_parts.front().steps.pop_front();
                beginStep();
            },
            Qt::QueuedConnection);
}

void Story::fail(const QString &why)
{
    if (m_partFailed)
        return; // one failure brings others; the first one tells most
    m_partFailed = true;
    ++m_partsFailed;
    m_deadline.stop();
    printFailure(m_parts.front().steps.front()->name(), why);
    QMetaObject::invokeMethod(this, &Story::endPart, Qt::QueuedConnection);
}

void Story::endPart()
{
    m_parts.pop_front();
    beginPart();
}

void Story::conclude()
{
    if (m_partsFailed == 0)
        printConclusion(QStringLiteral("All %1 parts passed in %2 s.")
                                .arg(QString::number(m_partsTold),
                                     QString::number(m_sinceStart.elapsed() / 1000.0, 'f', 1)));
    else
        printConclusion(QStringLiteral("%1 of %2 parts FAILED.")
                                .arg(QString::number(m_partsFailed), QString::number(m_partsTold)));
    Q_EMIT ended(m_partsFailed == 0);
}

} // namespace Demo
