#!/bin/sh
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Each of the README's servers with each of its clients: meetall.sh MEET
set -eu

for server in ./server ./blocking-server; do
    sh "$1" "$server" ./client ./blocking-client
done
