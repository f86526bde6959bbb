// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include "journal.h"

#include <QtCore/qfuture.h>

#include <functional>
#include <utility>
#include <vector>

/// The futures that calls have returned: each of them finishes, with one result.
template<typename Result>
class Futures
{
public:
    /// Says what is wrong with a result, or nothing.
    using Check = std::function<QString(const Result &result)>;

    void add(const QFuture<Result> &future, Check check = {})
    {
        m_waiting.push_back({future, std::move(check)});
    }

    /// Checks those that have finished; the others go on waiting.
    void check(Journal *journal)
    {
        std::vector<Entry> waiting;
        for (Entry &entry : m_waiting) {
            if (!entry.future.isFinished()) {
                waiting.push_back(std::move(entry));
                continue;
            }
            if (entry.future.isCanceled() || entry.future.resultCount() != 1) {
                journal->violation(QStringLiteral("a future has finished with %1 results")
                                           .arg(entry.future.resultCount()));
            } else if (entry.check) {
                const QString wrong = entry.check(entry.future.result());
                if (!wrong.isEmpty())
                    journal->violation(wrong);
            }
        }
        m_waiting = std::move(waiting);
    }

    qsizetype unfinished() const { return qsizetype(m_waiting.size()); }

private:
    struct Entry
    {
        QFuture<Result> future;
        Check check;
    };
    std::vector<Entry> m_waiting;
};
