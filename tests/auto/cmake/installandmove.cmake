# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Installs from the build in the current directory and moves the installed tree to PREFIX: a path
# left over in it leads nowhere now.

file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}-before-move")
execute_process(COMMAND "${CMAKE_COMMAND}" --install . --prefix "${PREFIX}-before-move"
    COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${PREFIX}-before-move" "${PREFIX}")
