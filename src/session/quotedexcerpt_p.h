// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <IpcPrims/ipcprimsglobal.h>

#include <QtCore/qanystringview.h>
#include <QtCore/qstring.h>

namespace IpcPrims {

/*!
    Text from the other side for use in an error message: in quotes, cut to 64 characters, and all
    but printable ASCII written as escapes. So nobody can fill a log, break its lines, or make a
    message say what it does not.
*/
IPCPRIMS_AUTOTEST_EXPORT QString quotedExcerpt(QAnyStringView untrusted);

} // namespace IpcPrims
