// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/machineload.h"

#include <QtCore/qfile.h>

#include <algorithm>

#include <sys/resource.h>
#include <unistd.h>

namespace Bench {

static QByteArray content(const QString &fileName)
{
    QFile file(fileName);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::optional<ProcessorTimes> ProcessorTimes::fromStat(const QByteArray &text,
                                                       double ticksPerSecond)
{
    // "cpu  user nice system idle iowait irq softirq steal guest guest_nice"; guests are users,
    // too.
    const QList<QByteArray> fields = text.left(text.indexOf('\n')).simplified().split(' ');
    if (fields.size() < 9 || fields.first() != "cpu")
        return std::nullopt;
    const auto seconds = [&](int field) { return fields[field].toDouble() / ticksPerSecond; };
    return ProcessorTimes{seconds(1) + seconds(2) + seconds(3) + seconds(6) + seconds(7),
                          seconds(4) + seconds(5), seconds(8)};
}

static std::optional<ProcessorTimes> processorTimesNow()
{
    return ProcessorTimes::fromStat(content(QStringLiteral("/proc/stat")),
                                    double(::sysconf(_SC_CLK_TCK)));
}

static double secondsOf(int who)
{
    rusage usage = {};
    ::getrusage(who, &usage);
    return double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
           + double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

MachineLoad::MachineLoad()
    : m_loadBefore(content(QStringLiteral("/proc/loadavg")).split(' ').first())
    , m_begin(processorTimesNow())
{}

MachineLoad::Shares MachineLoad::sharesOf(const ProcessorTimes &begin, const ProcessorTimes &end,
                                          double own)
{
    const double busy = end.busy - begin.busy;
    const double stolen = end.stolen - begin.stolen;
    const double all = busy + stolen + end.idle - begin.idle;
    if (all <= 0)
        return {};
    return {std::max(0.0, busy - own) / all, stolen / all};
}

std::optional<MachineLoad::Shares> MachineLoad::shares() const
{
    const auto end = processorTimesNow();
    if (!m_begin || !end)
        return std::nullopt;
    return sharesOf(*m_begin, *end, secondsOf(RUSAGE_SELF) + secondsOf(RUSAGE_CHILDREN));
}

QString MachineLoad::report() const
{
    const auto taken = shares();
    if (!taken)
        return QStringLiteral("How busy the machine was is not known.\n");
    const auto percent = [](double share) { return QString::number(share * 100, 'f', 1); };
    QString text = QStringLiteral("Others took %1 % of the processors, the host of a virtual "
                                  "machine %2 %; the load average before was %3.\n")
                           .arg(percent(taken->others), percent(taken->stolen),
                                QString::fromLatin1(m_loadBefore));
    if (taken->isTooMuch())
        text += QStringLiteral("THE MACHINE WAS TOO BUSY: do not trust these figures.\n");
    return text;
}

} // namespace Bench
