// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace IpcPrims {

/*!
    Keeps a socket of Qt from reading into memory whatever the other side sends, while nobody reads
    from the socket: only so is the other side held back. A limit that the socket has already stays.
    For other devices there is no such setting.
*/
void limitReadAhead(QIODevice *device);

} // namespace IpcPrims
