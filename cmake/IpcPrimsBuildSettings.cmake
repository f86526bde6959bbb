# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# What every target of this project has in common: link IpcPrimsBuildSettings privately, so that
# nothing of it reaches the programs that use the libraries.
add_library(IpcPrimsBuildSettings INTERFACE)
target_compile_features(IpcPrimsBuildSettings INTERFACE cxx_std_20)
target_compile_definitions(IpcPrimsBuildSettings INTERFACE
    QT_NO_KEYWORDS
    QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII
    QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_URL_CAST_FROM_STRING
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_NO_FOREACH
    QT_NO_JAVA_STYLE_ITERATORS
    QT_STRICT_ITERATORS
    QT_DISABLE_DEPRECATED_BEFORE=0x060400
)

if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(IpcPrimsBuildSettings INTERFACE
        -Wall -Wextra -Wpedantic -Wvla -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
        $<$<BOOL:${IPCPRIMS_WARNINGS_AS_ERRORS}>:-Werror>
        -fstack-protector-strong
    )
elseif(MSVC)
    target_compile_options(IpcPrimsBuildSettings INTERFACE
        /W4 $<$<BOOL:${IPCPRIMS_WARNINGS_AS_ERRORS}>:/WX>)
endif()

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    target_compile_options(IpcPrimsBuildSettings INTERFACE -fstack-clash-protection)
    target_link_options(IpcPrimsBuildSettings INTERFACE
        -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
    if(NOT IPCPRIMS_SANITIZE)
        # Needs an optimised build, and its checks hide from the sanitizers what they look for.
        target_compile_options(IpcPrimsBuildSettings INTERFACE
            $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=2>)
    endif()
endif()

if(IPCPRIMS_SANITIZE)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC takes what the sanitizers add for uses of uninitialized variables, in <regex> for example.
        target_compile_options(IpcPrimsBuildSettings INTERFACE -Wno-maybe-uninitialized)
    endif()
    target_compile_options(IpcPrimsBuildSettings INTERFACE
        -fsanitize=${IPCPRIMS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(IpcPrimsBuildSettings INTERFACE -fsanitize=${IPCPRIMS_SANITIZE})
endif()

# Programs as position independent executables: without this check CMake leaves out the link flag.
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(IPCPRIMS_USE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    find_program(IPCPRIMS_CCACHE ccache)
    mark_as_advanced(IPCPRIMS_CCACHE)
    if(IPCPRIMS_CCACHE)
        set(CMAKE_CXX_COMPILER_LAUNCHER "${IPCPRIMS_CCACHE}")
        if(IPCPRIMS_PRECOMPILE_HEADERS) # ccache has to overlook something for them.
            list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER
                "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros)
        endif()
    endif()
endif()

# Most of what the compiler reads in a file are Qt's headers. A file still has to include what it
# uses: some presets compile without this.
function(ipcprims_precompile_headers target)
    if(NOT IPCPRIMS_PRECOMPILE_HEADERS)
        return()
    endif()
    target_precompile_headers(${target} PRIVATE
        <QtCore/qcoreapplication.h>
        <QtCore/qelapsedtimer.h>
        <QtCore/qfile.h>
        <QtCore/qfuture.h>
        <QtCore/qjsonobject.h>
        <QtCore/qpointer.h>
        <QtCore/qtimer.h>
        ${ARGN}
    )
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -fpch-preprocess) # for ccache
    elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp") # the same
    endif()
endfunction()
