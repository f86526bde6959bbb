// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>

#include <algorithm>

namespace IpcPrims {

/// What follows the service's name in that of its socket.
inline constexpr QByteArrayView ServiceSuffix = ".sock";

/// Whether a service may be called so.
inline bool isServiceName(QByteArrayView name)
{
    const auto isAllowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || c == '.' || c == '-' || c == '_';
    };
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), isAllowed);
}

/// Whether \a file may be the socket of a service.
inline bool isServiceSocketName(QByteArrayView file)
{
    return file.endsWith(ServiceSuffix) && isServiceName(file.chopped(ServiceSuffix.size()));
}

/*!
    Puts \a name between the other two. Clients and servers of one service must come to the same
    result, so this may never change: a name that does not fit an address keeps its beginning, for
    people, and gets a hash of the whole.
*/
QByteArray serviceAddress(const QByteArray &prefix, const QByteArray &name,
                          const QByteArray &suffix);

} // namespace IpcPrims
