# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# docs/errors.md lists all error codes, and no others.

file(READ "${SOURCE_DIR}/include/IpcPrims/ipcprimsnamespace.h" header)
string(REGEX MATCH "enum class ErrorCode {[^}]*}" enumeration "${header}")
string(REGEX MATCHALL "\n    [A-Z][A-Za-z]+," codes "${enumeration}")
list(LENGTH codes count)
if(count LESS 20)
    message(FATAL_ERROR "found only ${count} error codes in the header")
endif()

file(READ "${SOURCE_DIR}/docs/errors.md" document)
foreach(code IN LISTS codes)
    string(REGEX REPLACE "[^A-Za-z]" "" code "${code}")
    if(NOT code STREQUAL "NoError" AND NOT document MATCHES "\n\\| `${code}` \\|")
        message(SEND_ERROR "docs/errors.md doesn't list ${code}")
    endif()
endforeach()

string(REGEX MATCHALL "\n\\| `[A-Z][A-Za-z]+` \\|" rows "${document}")
foreach(row IN LISTS rows)
    string(REGEX REPLACE "[^A-Za-z]" "" code "${row}")
    if(NOT enumeration MATCHES "\n    ${code},")
        message(SEND_ERROR "docs/errors.md lists ${code}, which doesn't exist")
    endif()
endforeach()
