# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# read_blocks(<file> <begin> <end>)
# finds the texts between the line `begin` and the next `end`, and sets block_count, block_0,
# block_1, … and line_0, line_1, …, the number of the line in which each text begins. The texts may
# contain anything, so use them in quotes.
function(read_blocks file begin end)
    file(READ "${file}" rest)
    string(LENGTH "${begin}" begin_length)
    string(LENGTH "${end}" end_length)
    set(count 0)
    set(line 1)
    # Each round cuts off the text up to the end of one block.
    string(FIND "${rest}" "${begin}" start)
    while(NOT start EQUAL -1)
        math(EXPR start "${start} + ${begin_length}")
        string(SUBSTRING "${rest}" 0 ${start} passed)
        string(SUBSTRING "${rest}" ${start} -1 rest)
        string(FIND "${rest}" "${end}" length)
        if(length EQUAL -1)
            message(FATAL_ERROR "${file}: a block has no end")
        endif()
        string(SUBSTRING "${rest}" 0 ${length} block)
        math(EXPR length "${length} + ${end_length}")
        string(SUBSTRING "${rest}" 0 ${length} ended)
        string(SUBSTRING "${rest}" ${length} -1 rest)

        string(REGEX MATCHALL "\n" line_ends "${passed}")
        list(LENGTH line_ends line_ends)
        math(EXPR line "${line} + ${line_ends}")
        set(block_${count} "${block}" PARENT_SCOPE)
        set(line_${count} ${line} PARENT_SCOPE)
        string(REGEX MATCHALL "\n" line_ends "${ended}")
        list(LENGTH line_ends line_ends)
        math(EXPR line "${line} + ${line_ends}")

        math(EXPR count "${count} + 1")
        string(FIND "${rest}" "${begin}" start)
    endwhile()
    set(block_count ${count} PARENT_SCOPE)
endfunction()
