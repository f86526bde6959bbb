// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "schema/registry/schemafiles_p.h"

#include <IpcPrims/protocol.h>

#include <QtCore/qdir.h>
#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <sys/stat.h>
#    include <unistd.h>
#endif

namespace IpcPrims {

namespace {
constexpr QLatin1String Suffix(".schema.json");

// What is opened is a file: a link in its place is not followed, and nothing waits for somebody at
// the other end of a pipe. Empty if that works, else the reason.
QString openRegularFile(QFile *file)
{
    const QString notRegular = QStringLiteral("not a regular file");
#ifdef Q_OS_UNIX
    const int descriptor = ::open(QFile::encodeName(file->fileName()).constData(),
                                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        switch (errno) {
        case ELOOP: // What O_NOFOLLOW gives for a link.
            return QStringLiteral("symbolic links are not followed");
        case ENXIO: // A socket, or a device that isn't there.
            return notRegular;
        default:
            return QStringLiteral("can't be opened: ") + qt_error_string(errno);
        }
    }
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return notRegular;
    }
    return file->open(descriptor, QFile::ReadOnly, QFile::AutoCloseHandle) ? QString()
                                                                           : file->errorString();
#else
    const QFileInfo info(*file);
    if (info.isSymLink())
        return QStringLiteral("symbolic links are not followed");
    if (!info.isFile())
        return notRegular;
    return file->open(QFile::ReadOnly) ? QString() : file->errorString();
#endif
}

// Whether a file of this name has to be one with a schema: it stands for a channel, or looks so
// much like it that it was meant to.
bool isSchemaName(const QString &name)
{
    return channelOfFileName(name) >= 0 || name.endsWith(Suffix);
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
    const QFileInfo info(directory);
    if (!info.isDir() || !info.isReadable()) {
        *problem = {directory, {}, QStringLiteral("not a directory that can be read")};
        return {};
    }
    // One by one, as it may be any directory, with millions of other files in it.
    QDirIterator entries(directory,
                         QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    QStringList names;
    while (entries.hasNext()) {
        entries.next();
        const QString name = entries.fileName();
        if (!isSchemaName(name))
            continue;
        if (names.size() >= maxFiles) {
            *problem = {directory, {}, QStringLiteral("more than %1 schema files").arg(maxFiles)};
            return {};
        }
        names.append(name);
    }
    std::sort(names.begin(), names.end());

    QList<SchemaFile> files;
    for (const QString &name : std::as_const(names)) {
        const int channel = channelOfFileName(name);
        if (channel < 0) {
            *problem = {name,
                        {},
                        QStringLiteral("unknown name: expected channel_N.schema.json, or control, "
                                       "command, data, telemetry or error")};
            return {};
        }
        files.append({QDir(directory).filePath(name), quint16(channel)});
    }
    return files;
}

QByteArray readSchemaFile(const QString &path, qint64 maxSize, SchemaLoadError *problem)
{
    QFile file(path);
    const QString name = QFileInfo(path).fileName();
    if (const QString reason = openRegularFile(&file); !reason.isEmpty()) {
        *problem = {name, {}, reason};
        return {};
    }
    const qint64 size = file.size();
    if (size > maxSize) {
        *problem = {name, {}, QStringLiteral("larger than %1 bytes").arg(maxSize)};
        return {};
    }
    return file.read(size); // It may have grown; the beginning of a schema is none.
}

} // namespace IpcPrims
