// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "transport/pipename_p.h"

#include <cstddef>
#include <memory>

#include <qt_windows.h>
#include <sddl.h>

namespace IpcPrims {

// The user's security identifier as text: unlike the name it is unique, and it is plain ASCII.
static QByteArray userIdentifier()
{
    HANDLE token = nullptr;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token))
        return QByteArray();

    DWORD size = 0;
    ::GetTokenInformation(token, TokenUser, nullptr, 0, &size);
    const auto buffer = std::make_unique<std::byte[]>(size);
    const BOOL isKnown = ::GetTokenInformation(token, TokenUser, buffer.get(), size, &size);
    ::CloseHandle(token);
    if (!isKnown)
        return QByteArray();

    LPWSTR text = nullptr;
    const auto *user = reinterpret_cast<const TOKEN_USER *>(buffer.get());
    if (!::ConvertSidToStringSidW(user->User.Sid, &text))
        return QByteArray();
    const QByteArray result = QString::fromWCharArray(text).toLatin1();
    ::LocalFree(text);
    return result;
}

bool isPipeServed(const QString &name)
{
    // Waits for an instance that is free, for as short as can be; any other outcome than that there
    // is no such pipe means that somebody serves it.
    return ::WaitNamedPipeW(reinterpret_cast<const wchar_t *>(name.utf16()), 1)
           || ::GetLastError() != ERROR_FILE_NOT_FOUND;
}

QByteArray servicePipePrefix()
{
    const QByteArray user = userIdentifier();
    return user.isEmpty() ? user : PipePrefix + ("ipcprims-" + user + '-');
}

} // namespace IpcPrims
