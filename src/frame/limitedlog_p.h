// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <mutex>
#include <optional>

namespace IpcPrims {

/// Lets ten through in ten seconds, from the first of them on. Takes the time; knows no log.
class IPCPRIMS_AUTOTEST_EXPORT RateLimit
{
public:
    using Instant = std::chrono::steady_clock::time_point;

    static constexpr int MaxPerPeriod = 10;
    static constexpr std::chrono::seconds Period = std::chrono::seconds(10);

    /// Nothing for one too many, else how many of those there have been since the last good one.
    std::optional<int> admit(Instant now);

private:
    std::optional<Instant> m_periodStart;
    int m_admitted = 0;
    int m_suppressed = 0;
};

/*!
    One kind of message that the other side can bring about, and so must not fill a log with: a
    static variable where it is written. May be used by several threads.
*/
class LimitedLog
{
    Q_DISABLE_COPY_MOVE(LimitedLog)

public:
    LimitedLog(const QLoggingCategory &category, QtMsgType type);

    /// Ask first: most programs don't want to know, and a message takes time to make.
    bool isEnabled() const { return m_category.isEnabled(m_type); }
    void write(const QString &message);

private:
    void print(const QString &message) const;

    const QLoggingCategory &m_category;
    const QtMsgType m_type;
    std::mutex m_mutex;
    RateLimit m_limit;
};

} // namespace IpcPrims
