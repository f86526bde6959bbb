// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qstring.h>

struct stat;

namespace IpcPrims {

/// What to say where something else than a socket was \a found at \a path. Unix only.
QString notASocketText(const QString &path, const struct stat &found);

} // namespace IpcPrims
