// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/listcommand.h"

#include "cli/servicetext.h"

#include <QtCore/qfile.h>

namespace IpcPrims::Tool {

ListCommand::ListCommand(const ListOptions &options, OutputFormat format)
    : m_options(options)
    , m_format(options.json ? OutputFormat::Json : format)
{}

void ListCommand::start()
{
    Error error;
    const QList<ServiceInfo> services
            = m_options.directory
                      ? ServiceInfo::findIn(QFile::decodeName(m_options.directory->c_str()), &error)
                      : ServiceInfo::find(&error);
    if (error && services.isEmpty())
        return fail(error);
    print(servicesText(services, m_format, QDateTime::currentDateTimeUtc()));
    if (error) // These are not all.
        return fail(error);
    finish();
}

} // namespace IpcPrims::Tool
