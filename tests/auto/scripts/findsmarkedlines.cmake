# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Whether a script finds something in exactly those lines of a file that end in "// finding":
# -DSCRIPT=... -DINTERPRETER=... -DFILE=...

execute_process(COMMAND "${INTERPRETER}" "${SCRIPT}" "${FILE}"
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
    message(FATAL_ERROR "The script is content with ${FILE}")
endif()

# Semicolons and brackets mean something in lists.
file(READ "${FILE}" text)
string(REGEX REPLACE "[][;]" " " text "${text}")
string(REPLACE "\n" ";" lines "${text}")
set(number 0)
foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line MATCHES "// finding$")
        set(is_expected TRUE)
    else()
        set(is_expected FALSE)
    endif()
    if(output MATCHES ":${number}: ")
        set(is_found TRUE)
    else()
        set(is_found FALSE)
    endif()
    if(NOT is_expected STREQUAL is_found)
        message(SEND_ERROR "line ${number}: expected ${is_expected}, found ${is_found}: ${line}")
    endif()
endforeach()
