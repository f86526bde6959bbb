// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/registry/schemafiles_p.h"

#include <IpcPrims/protocol.h>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <algorithm>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

namespace IpcPrims {

namespace {
constexpr QLatin1String Suffix(".schema.json");

// What is opened is a file: a link in its place is not followed, and nothing waits for somebody at
// the other end of a pipe.
bool openRegularFile(QFile *file)
{
#ifdef Q_OS_UNIX
    struct stat status = {};
    const int descriptor = ::open(QFile::encodeName(file->fileName()).constData(),
                                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return descriptor >= 0 && file->open(descriptor, QFile::ReadOnly, QFile::AutoCloseHandle)
           && ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
#else
    const QFileInfo info(*file);
    return !info.isSymLink() && info.isFile() && file->open(QFile::ReadOnly);
#endif
}
} // namespace

int channelOfFileName(const QString &name)
{
    const QString lower = name.toLower();
    if (!lower.endsWith(Suffix))
        return -1;
    const QString stem = lower.chopped(Suffix.size());
    constexpr QLatin1String numbered("channel_");
    if (stem.startsWith(numbered)) {
        QString number = stem.mid(numbered.size());
        if (number.startsWith(u'+'))
            number.remove(0, 1);
        bool isNumber = std::all_of(number.begin(), number.end(),
                                    [](QChar c) { return c >= u'0' && c <= u'9'; });
        const ushort channel = isNumber ? number.toUShort(&isNumber) : ushort(0);
        return isNumber ? channel : -1;
    }
    static const QStringList names
            = {QStringLiteral("control"), QStringLiteral("command"), QStringLiteral("data"),
               QStringLiteral("telemetry"), QStringLiteral("error")};
    return int(names.indexOf(stem)); // in the order of the channels' numbers
}

QList<SchemaFile> listSchemaFiles(const QString &directory, int maxFiles, SchemaLoadError *problem)
{
    const QDir dir(directory);
    if (!dir.exists() || !dir.isReadable()) {
        *problem = {directory, {}, QStringLiteral("not a directory that can be read")};
        return {};
    }
    QList<SchemaFile> files;
    const QFileInfoList entries = dir.entryInfoList(
            QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
    for (const QFileInfo &entry : entries) {
        const QString name = entry.fileName();
        const bool hasExactSuffix = name.endsWith(Suffix);
        if (entry.isSymLink()) {
            if (!hasExactSuffix)
                continue;
            *problem = {name, {}, QStringLiteral("symbolic links are not followed")};
            return {};
        }
        if (!entry.isFile())
            continue;
        const int channel = channelOfFileName(name);
        if (channel >= 0) {
            files.append({entry.filePath(), quint16(channel)});
        } else if (hasExactSuffix) {
            *problem = {name,
                        {},
                        QStringLiteral("unknown name: expected channel_N.schema.json, or control, "
                                       "command, data, telemetry or error")};
            return {};
        }
        if (files.size() > maxFiles) {
            *problem = {directory, {}, QStringLiteral("more than %1 schema files").arg(maxFiles)};
            return {};
        }
    }
    return files;
}

QByteArray readSchemaFile(const QString &path, qint64 maxSize, SchemaLoadError *problem)
{
    QFile file(path);
    const QString name = QFileInfo(path).fileName();
    if (!openRegularFile(&file)) {
        *problem = {name, {}, QStringLiteral("cannot be opened as a regular file")};
        return {};
    }
    if (file.size() > maxSize) {
        *problem = {name, {}, QStringLiteral("larger than %1 bytes").arg(maxSize)};
        return {};
    }
    return file.read(std::min(maxSize, file.size())); // which may have grown
}

} // namespace IpcPrims
