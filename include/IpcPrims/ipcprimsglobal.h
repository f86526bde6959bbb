// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

// One export macro per library of the package; this one belongs to IpcPrims::Core.
#if defined(IPCPRIMS_STATIC)
#    define IPCPRIMS_CORE_EXPORT
#elif defined(IPCPRIMS_BUILD_CORE)
#    define IPCPRIMS_CORE_EXPORT Q_DECL_EXPORT
#else
#    define IPCPRIMS_CORE_EXPORT Q_DECL_IMPORT
#endif

// Marks private classes that the project's own tests reach into. They are exported only from
// builds with tests, and never from an installed package.
#if defined(IPCPRIMS_BUILD_TESTS)
#    define IPCPRIMS_AUTOTEST_EXPORT IPCPRIMS_CORE_EXPORT
#else
#    define IPCPRIMS_AUTOTEST_EXPORT
#endif
