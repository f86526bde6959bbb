# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Each test that docs/rules.md or SECURITY.md names as the proof of a rule exists.

set(claims)
foreach(document docs/rules.md SECURITY.md)
    file(READ "${SOURCE_DIR}/${document}" text)
    string(REGEX MATCHALL "`tst_[a-z_]+`: `[A-Za-z0-9]+`(, `[A-Za-z0-9]+`)*" found "${text}")
    if(NOT found)
        message(FATAL_ERROR "${document} names no tests")
    endif()
    list(APPEND claims ${found})
endforeach()

foreach(claim IN LISTS claims)
    string(REGEX MATCHALL "[A-Za-z0-9_]+" names "${claim}")
    list(POP_FRONT names program)
    file(GLOB_RECURSE source "${SOURCE_DIR}/tests/*/${program}.cpp")
    if(NOT source)
        message(SEND_ERROR "there is no ${program}.cpp")
        continue()
    endif()
    file(READ "${source}" code)
    foreach(function IN LISTS names)
        if(NOT code MATCHES "void ${function}\\(\\);")
            message(SEND_ERROR "${program} has no ${function}()")
        endif()
    endforeach()
endforeach()
