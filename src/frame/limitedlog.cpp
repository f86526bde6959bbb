// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "frame/limitedlog_p.h"

#include <QtCore/qdebug.h>

#include <utility>

namespace IpcPrims {

// In characters. Texts of the other side are cut where they are quoted; this is for what is not
// thought of there.
static constexpr qsizetype MaxLength = 1000;

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
    if (*suppressed > 0)
        print(QStringLiteral("%1 more messages like the next one were suppressed")
                      .arg(*suppressed));
    print(message.size() > MaxLength ? message.left(MaxLength) + QStringLiteral("…") : message);
}

void LimitedLog::print(const QString &message) const
{
    const QMessageLogger logger;
    const QByteArray text = message.toUtf8();
    switch (m_type) {
    case QtDebugMsg:
        logger.debug(m_category, "%s", text.constData());
        break;
    case QtInfoMsg:
        logger.info(m_category, "%s", text.constData());
        break;
    default:
        logger.warning(m_category, "%s", text.constData());
        break;
    }
}

} // namespace IpcPrims
