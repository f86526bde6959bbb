// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/error.h>

#include <QtCore/qdebug.h>
#include <QtCore/qmetaobject.h>

#include <system_error>

namespace IpcPrims {

Error::Error(ErrorCode code, const QString &message, int nativeError)
    : m_code(code)
    , m_nativeError(nativeError)
    , m_message(message)
{}

Error Error::fromNative(ErrorCode code, const QString &message, int nativeError)
{
    const QString reason = QString::fromStdString(std::system_category().message(nativeError));
    return Error(code, message + QLatin1String(": ") + reason, nativeError);
}

QDebug operator<<(QDebug debug, const Error &error)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << error.code();
    if (!error.message().isEmpty())
        debug.noquote() << " (" << error.message() << ')';
    return debug;
}

} // namespace IpcPrims
