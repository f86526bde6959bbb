# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

include("${CMAKE_CURRENT_LIST_DIR}/../docs/snippets/readblocks.cmake")

# Makes lines.cmake of the first CMake block in the document that begins with <command>(, for
# include(). The checkout takes the place of the one below third-party.
function(write_documented_lines document command)
    cmake_path(ABSOLUTE_PATH CMAKE_CURRENT_FUNCTION_LIST_DIR OUTPUT_VARIABLE source_dir)
    cmake_path(SET source_dir NORMALIZE "${source_dir}/../../..")
    read_blocks("${source_dir}/${document}" "```cmake\n${command}(" "```")
    if(block_count EQUAL 0)
        message(FATAL_ERROR "${document} has no ${command}()")
    endif()
    string(REPLACE "third-party/ipcprims-qt" "\"${source_dir}\" ipcprims-qt" lines "${block_0}")
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/lines.cmake" "${command}(${lines}")
endfunction()
