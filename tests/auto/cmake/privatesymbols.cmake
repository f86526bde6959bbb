# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# A private function that the tests call is exported from a build with tests, and only from there.

set(private_function "IpcPrims::negotiate(")

function(expect_export library expected)
    execute_process(COMMAND "${NM}" --dynamic --defined-only --demangle "${library}"
        OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
    string(FIND "${symbols}" "${private_function}" position)
    if(expected AND position EQUAL -1)
        message(FATAL_ERROR "${library} does not export ${private_function}…), which tests need")
    elseif(NOT expected AND NOT position EQUAL -1)
        message(FATAL_ERROR "${library} exports ${private_function}…), which is private")
    endif()
endfunction()

file(GLOB_RECURSE without_tests "${BUILT_WITHOUT_TESTS}/libIpcPrimsCore.so")
expect_export("${TESTED}" TRUE)
expect_export("${without_tests}" FALSE)
