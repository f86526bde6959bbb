// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/QElapsedTimer>
#include <QtCore/QString>

#include <chrono>

namespace Demo {

// How the story measures and writes numbers.

std::chrono::nanoseconds elapsed(const QElapsedTimer &timer);

QString count(qint64 number);
QString milliseconds(std::chrono::nanoseconds time);

} // namespace Demo
