// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/qglobal.h>

// As in ipcprimsglobal.h, for IpcPrims::Schema.
#if defined(IPCPRIMS_STATIC)
#    define IPCPRIMS_SCHEMA_EXPORT
#elif defined(IPCPRIMS_BUILD_SCHEMA)
#    define IPCPRIMS_SCHEMA_EXPORT Q_DECL_EXPORT
#else
#    define IPCPRIMS_SCHEMA_EXPORT Q_DECL_IMPORT
#endif

#if defined(IPCPRIMS_BUILD_TESTS)
#    define IPCPRIMS_SCHEMA_AUTOTEST_EXPORT IPCPRIMS_SCHEMA_EXPORT
#else
#    define IPCPRIMS_SCHEMA_AUTOTEST_EXPORT
#endif
