// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

/// The texts of a JSON array's elements, exactly as they stand there; of valid JSON only.
QList<QByteArray> rawElements(const QByteArray &array);
/// The same for an object's members; names without escapes only.
QMap<QByteArray, QByteArray> rawMembers(const QByteArray &object);
