// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "reference.h"

#include <QtCore/qfile.h>

#include <cstdlib>

namespace {
void save(const QString &path, const QByteArray &content)
{
    QFile file(path);
    if (!file.open(QFile::WriteOnly) || file.write(content) != content.size())
        qFatal("%s cannot be written", qPrintable(path));
}
} // namespace

Reference::Reference(const QList<SchemaWorkload> &workloads)
    : m_workloads(workloads)
{
    if (!qEnvironmentVariableIsSet("IPCPRIMS_ADDON"))
        return;
    for (qsizetype i = 0; i < workloads.size(); ++i) {
        save(m_directory.filePath(QStringLiteral("channel_%1.schema.json").arg(i)),
             workloads[i].schema);
        save(m_directory.filePath(QStringLiteral("%1.messages").arg(i)),
             workloads[i].messages.join('\n'));
    }
    m_node.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_node.start(QStringLiteral("node"), {QStringLiteral(IPCPRIMS_REFERENCE), m_directory.path()});
    m_node.waitForStarted();
}

Reference::~Reference()
{
    m_node.closeWriteChannel();
    m_node.waitForFinished();
}

Reference::Cost Reference::measure(qsizetype workload, std::chrono::milliseconds time)
{
    m_node.write(QByteArray::number(workload) + ' ' + QByteArray::number(qint64(time.count()))
                 + '\n');
    while (!m_node.canReadLine()) {
        if (!m_node.waitForReadyRead())
            qFatal("The reference implementation does not answer");
    }
    const QByteArrayList answer = m_node.readLine().trimmed().split(' ');
    if (answer.size() != 3 || (answer[0] == "1") != m_workloads[workload].isValid)
        qFatal("The reference implementation judges otherwise");
    return {answer[1].toDouble(), answer[2].toDouble()};
}
