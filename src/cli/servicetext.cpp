// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/servicetext.h"

#include "cli/displaytext.h"
#include "cli/orderedjson.h"

#include <QtCore/qstringlist.h>

#include <algorithm>

namespace IpcPrims::Tool {

namespace {

QString stateName(ServiceInfo::State state)
{
    switch (state) {
    case ServiceInfo::State::Running:
        return QStringLiteral("running");
    case ServiceInfo::State::Dead:
        return QStringLiteral("dead");
    case ServiceInfo::State::Unknown:
        return QStringLiteral("unknown");
    }
    Q_UNREACHABLE();
}

// A clock that was set back makes no negative age.
qint64 ageOf(const ServiceInfo &service, const QDateTime &now)
{
    return std::max<qint64>(0, service.since.secsTo(now));
}

// In the largest unit of which it is at least two.
QString ageText(qint64 seconds)
{
    constexpr qint64 Minute = 60;
    constexpr qint64 Hour = 60 * Minute;
    constexpr qint64 Day = 24 * Hour;
    if (seconds >= 2 * Day)
        return QStringLiteral("%1d").arg(seconds / Day);
    if (seconds >= 2 * Hour)
        return QStringLiteral("%1h").arg(seconds / Hour);
    if (seconds >= 2 * Minute)
        return QStringLiteral("%1min").arg(seconds / Minute);
    return QStringLiteral("%1s").arg(seconds);
}

QByteArray json(const QList<ServiceInfo> &services, const QDateTime &now)
{
    OrderedJson json;
    json.beginObject();
    json.key("services").beginArray();
    for (const ServiceInfo &service : services) {
        json.beginObject();
        json.key("name");
        if (service.name.isEmpty())
            json.value(nullptr);
        else
            json.value(service.name);
        json.key("path").value(service.endpoint.path());
        json.key("state").value(stateName(service.state));
        json.key("pid");
        if (service.pid == 0)
            json.value(nullptr);
        else
            json.value(service.pid);
        json.key("uid").value(qint64(service.uid));
        json.key("since").value(service.since.toUTC().toString(Qt::ISODate));
        json.key("age_s").value(ageOf(service, now));
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return json.line();
}

QByteArray table(const QList<ServiceInfo> &services, const QDateTime &now)
{
    const QString none = QStringLiteral("-");
    QList<QStringList> rows
            = {{QStringLiteral("NAME"), QStringLiteral("STATE"), QStringLiteral("PID"),
                QStringLiteral("UID"), QStringLiteral("AGE"), QStringLiteral("PATH")}};
    for (const ServiceInfo &service : services) {
        rows.append({service.name.isEmpty() ? none : displayText(service.name),
                     stateName(service.state), service.pid ? QString::number(service.pid) : none,
                     QString::number(service.uid), ageText(ageOf(service, now)),
                     displayText(service.endpoint.path())});
    }
    QList<qsizetype> widths(rows.first().size(), 0);
    for (const QStringList &row : std::as_const(rows)) {
        for (qsizetype column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    }
    QString text;
    for (const QStringList &row : std::as_const(rows)) {
        for (qsizetype column = 0; column + 1 < row.size(); ++column)
            text += row[column].leftJustified(widths[column] + 2);
        text += row.last() + u'\n';
    }
    return text.toUtf8();
}

QByteArray paths(const QList<ServiceInfo> &services)
{
    QString text;
    for (const ServiceInfo &service : services)
        text += displayText(service.endpoint.path()) + u'\n';
    return text.toUtf8();
}

} // namespace

QByteArray servicesText(const QList<ServiceInfo> &services, OutputFormat format,
                        const QDateTime &now)
{
    switch (format) {
    case OutputFormat::Json:
        return json(services, now);
    case OutputFormat::Table:
    case OutputFormat::Pretty:
        return table(services, now);
    case OutputFormat::Raw:
        return paths(services);
    }
    Q_UNREACHABLE();
}

} // namespace IpcPrims::Tool
