# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Writes the headers that are named for a class, as Qt has them: <IpcPrims/Peer> includes peer.h.
#
#   ipcprims_forwarding_headers(<output variable> <directory> Peer=peer.h ...)
#
# The output variable receives the full names of the written files.
function(ipcprims_forwarding_headers output directory)
    set(headers "")
    foreach(pair IN LISTS ARGN)
        string(REPLACE "=" ";" pair "${pair}")
        list(POP_FRONT pair class file)
        # Written only when its content changed, so that reconfiguring rebuilds nothing.
        file(CONFIGURE OUTPUT "${directory}/IpcPrims/${class}" CONTENT
"// SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include <IpcPrims/@file@> // IWYU pragma: export
"
            @ONLY)
        list(APPEND headers "${directory}/IpcPrims/${class}")
    endforeach()
    set(${output} "${headers}" PARENT_SCOPE)
endfunction()
