# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Each test that README.md names as the proof of a rule exists.

file(READ "${SOURCE_DIR}/README.md" readme)
string(REGEX MATCHALL "`tst_[a-z_]+`: `[A-Za-z0-9]+`(, `[A-Za-z0-9]+`)*" claims "${readme}")
if(NOT claims)
    message(FATAL_ERROR "README.md names no tests")
endif()

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
