// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/limitedlog_p.h"

#include <QtCore/qdebug.h>

#include <utility>

namespace IpcPrims {

std::optional<int> RateLimit::admit(Instant now)
{
    if (!m_periodStart || now - *m_periodStart >= Period) {
        m_periodStart = now;
        m_admitted = 0;
    }
    if (m_admitted == MaxPerPeriod) {
        ++m_suppressed;
        return std::nullopt;
    }
    ++m_admitted;
    return std::exchange(m_suppressed, 0);
}

LimitedLog::LimitedLog(const QLoggingCategory &category, QtMsgType type)
    : m_category(category)
    , m_type(type)
{}

void LimitedLog::write(const QString &message)
{
    std::optional<int> suppressed;
    {
        const std::lock_guard lock(m_mutex);
        suppressed = m_limit.admit(std::chrono::steady_clock::now());
    }
    if (!suppressed)
        return;
    const QMessageLogger logger;
    const auto stream = [&] {
        switch (m_type) {
        case QtDebugMsg:
            return logger.debug(m_category);
        case QtInfoMsg:
            return logger.info(m_category);
        default:
            return logger.warning(m_category);
        }
    };
    if (*suppressed > 0)
        stream().noquote() << *suppressed << "more messages like the next one were suppressed";
    stream().noquote() << message;
}

} // namespace IpcPrims
