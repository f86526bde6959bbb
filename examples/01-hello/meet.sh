#!/bin/sh
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Runs the server, and each client against it: meet.sh SERVER CLIENT...
set -eu

XDG_RUNTIME_DIR=$(mktemp -d)
export XDG_RUNTIME_DIR
unset FLATPAK_ID SNAP_USER_COMMON

"$1" &
server=$!
trap 'kill $server; rm -rf "$XDG_RUNTIME_DIR"' EXIT

# The server says when it listens, but to people; its socket tells as well.
tries=0
until find "$XDG_RUNTIME_DIR" -type s | grep -q .; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "the server does not listen" >&2; exit 1; }
    sleep 0.1
done

shift
for client; do
    answer=$("$client" 2>&1)
    echo "$answer"
    [ "$answer" = '"Hello, Ada!"' ]
done
