// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsnamespace.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

QT_BEGIN_NAMESPACE
class QDebug;
QT_END_NAMESPACE

namespace IpcPrims {
/*!
    An error as a value: a code for programs, a message for people, and the operating system's
    number (errno on Unix) if there is one, else 0.

    Converts to \c true when it holds an error:
    \code
    if (const IpcPrims::Error error = peer.send(channel, payload))
        qWarning() << error;
    \endcode

    A message never contains a payload or an authentication token.
*/
class IPCPRIMS_CORE_EXPORT Error
{
    Q_GADGET
    Q_PROPERTY(IpcPrims::ErrorCode code READ code)
    Q_PROPERTY(QString message READ message)
    Q_PROPERTY(int nativeError READ nativeError)

public:
    Error() = default;
    Error(ErrorCode code, const QString &message, int nativeError = 0);
    /// As above, with the system's text for \a nativeError appended to \a message.
    static Error fromNative(ErrorCode code, const QString &message, int nativeError);

    ErrorCode code() const { return m_code; }
    QString message() const { return m_message; }
    int nativeError() const { return m_nativeError; }
    explicit operator bool() const { return m_code != ErrorCode::NoError; }
    /*!
        Whether a session that ended for this reason was meant to end: no error after this side's
        close() or abort(), ShutdownRequested after the other side's close(). Anything else is a
        failure.
    */
    bool isOrderlyEnd() const
    {
        return m_code == ErrorCode::NoError || m_code == ErrorCode::ShutdownRequested;
    }

    friend bool operator==(const Error &a, const Error &b)
    {
        return a.m_code == b.m_code && a.m_nativeError == b.m_nativeError
               && a.m_message == b.m_message;
    }
    friend bool operator!=(const Error &a, const Error &b) { return !(a == b); }

private:
    ErrorCode m_code = ErrorCode::NoError;
    int m_nativeError = 0;
    QString m_message;
};

IPCPRIMS_CORE_EXPORT QDebug operator<<(QDebug debug, const Error &error);

} // namespace IpcPrims

Q_DECLARE_METATYPE(IpcPrims::Error)
