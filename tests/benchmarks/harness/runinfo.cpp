// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "harness/runinfo.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qsysinfo.h>

#include <thread>

namespace Bench {

using namespace Qt::StringLiterals;

static QString processorName()
{
    QFile file(u"/proc/cpuinfo"_s);
    if (!file.open(QIODevice::ReadOnly))
        return QSysInfo::currentCpuArchitecture();
    const QList<QByteArray> lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("model name"))
            return QString::fromLatin1(line.mid(line.indexOf(':') + 1)).simplified();
    }
    return QSysInfo::currentCpuArchitecture();
}

RunInfo RunInfo::now(const QStringList &arguments)
{
    // Where the report goes says nothing about the figures.
    static const QStringList targets = {u"--json"_s, u"--svg"_s, u"--documents"_s};
    QStringList command = {u"./dev"_s, u"bench"_s};
    for (qsizetype i = 1; i < arguments.size(); ++i) {
        if (targets.contains(arguments[i]))
            ++i; // Its value goes, too.
        else if (!targets.contains(arguments[i].section(u'=', 0, 0)))
            command.append(arguments[i]);
    }
    return {command.join(u' '),
            QDate::currentDate().toString(Qt::ISODate),
            QStringLiteral("%1 processors (%2), %3, Linux %4, Qt %5")
                    .arg(std::thread::hardware_concurrency())
                    .arg(processorName(), QSysInfo::prettyProductName(),
                         QSysInfo::kernelVersion().section(u'.', 0, 1),
                         QString::fromLatin1(qVersion())),
            {}};
}

} // namespace Bench
