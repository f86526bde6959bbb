// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "cli/version.h"

#include <QtCore/qstring.h>
#include <QtCore/qsysinfo.h>

namespace IpcPrims::Tool {

namespace {

std::string targetOs()
{
#if defined(Q_OS_LINUX)
    return "linux";
#elif defined(Q_OS_MACOS)
    return "macos";
#else
    return QSysInfo::kernelType().toStdString();
#endif
}

std::string compiler()
{
#if defined(Q_CC_CLANG)
    return "clang " __clang_version__;
#elif defined(Q_CC_GNU)
    return "gcc " __VERSION__;
#else
    return "unknown";
#endif
}

std::string qtVersion()
{
    const std::string built = QT_VERSION_STR;
    const std::string running = qVersion();
    return running == built ? built : running + " (built with " + built + ")";
}

} // namespace

std::string versionText()
{
    return "ipcprims " IPCPRIMS_VERSION;
}

std::string extendedVersionText()
{
    return "name: ipcprims\n"
           "version: " IPCPRIMS_VERSION "\n"
           "target_os: "
           + targetOs() + "\ntarget_arch: " + QSysInfo::buildCpuArchitecture().toStdString()
           + "\ncompiler: " + compiler() + "\nqt: " + qtVersion()
           + "\ngit_hash: " IPCPRIMS_GIT_HASH;
}

} // namespace IpcPrims::Tool
