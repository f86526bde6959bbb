// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#pragma once

#include <QtCore/QString>

namespace Demo {

/*!
    Where the reference implementation is: its published Node addon, run by node. The environment
    variable IPCPRIMS_ADDON names the directory of the unpacked package.
*/
struct Reference
{
    QString node;
    QString version;
    /// What can't be found, for people; empty if all is there.
    QString missing;
};

Reference findReference();

} // namespace Demo
