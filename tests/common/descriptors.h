// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qcoreapplication.h>
#include <QtCore/qset.h>

/// The descriptors that a process has open, this one unless another is named. Linux only.
QSet<int> openDescriptors(qint64 process = QCoreApplication::applicationPid());
