#!/bin/sh
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# readclock.sh CLOCK-SERVER TOOL: the guide's clock tells the time to everybody, and takes commands
# from nobody without the password.
set -eu

XDG_RUNTIME_DIR=$(mktemp -d)
export XDG_RUNTIME_DIR
unset FLATPAK_ID SNAP_USER_COMMON

CLOCK_PASSWORD=secret "$1" &
server=$!
trap 'kill $server; rm -rf "$XDG_RUNTIME_DIR"' EXIT

tries=0
until "$2" info --service org.example.clock >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 300 ] || { echo "the clock does not answer" >&2; exit 1; }
    sleep 0.1
done

"$2" send --service org.example.clock --channel 3 --wait --format raw | grep -E '^[0-9]+:[0-9]+:[0-9]+'
if "$2" send --service org.example.clock --channel 1 --data set; then
    echo "the clock takes commands from anybody" >&2
    exit 1
fi
