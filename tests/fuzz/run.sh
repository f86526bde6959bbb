#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0
#
# run.sh <build folder> <target|all> <seconds>: runs the fuzz targets that were built there, one
# after the other. Each starts with the seeds in tests/fuzz/corpus and what earlier runs have found
# worth keeping. What fails is kept below the build folder, in findings/.

set -euo pipefail

build=$1 only=$2 seconds=$3
source=$(dirname "${BASH_SOURCE[0]}")
programs=$build/tests/fuzz

# The largest inputs worth trying, where the default of 4096 bytes isn't.
declare -A largest=([decoder]=2048 [handshake]=2048 [session]=512 [differential]=1024
    [channeldevice]=64 [jsonrpc]=1024 [schemajudge]=512 [schemaloading]=2048)

# A line "channel payload" of a seed becomes a frame, and "raw bytes" is these bytes.
frame() {
    local channel=$1 payload=$2 size byte
    if [ "$channel" = raw ]; then
        printf '%b' "$payload"
        return
    fi
    size=$(printf '%b' "$payload" | wc -c)
    printf 'IP'
    for byte in $((size & 255)) $((size >> 8 & 255)) $((size >> 16 & 255)) $((size >> 24)) \
        $((channel & 255)) $((channel >> 8)); do
        printf '%b' "\\x$(printf '%02x' "$byte")"
    done
    printf '%b' "$payload"
}

# Writes the seeds of a target into a folder, as the bytes that they stand for. In *.lines each
# line is one, in *.frames each paragraph, with the escapes of printf.
plant() {
    local seeds=$source/corpus/$1 folder=$2 number=0 line channel payload
    rm -rf "$folder"
    mkdir -p "$folder"
    for seeds in "$seeds".frames "$seeds".lines; do
        [ -f "$seeds" ] || continue
        while IFS= read -r line; do
            case $seeds,$line in
                *,'#'*) ;;
                *.frames,) number=$((number + 1)) ;;
                *.frames,*)
                    channel=${line%% *}
                    payload=${line#"$channel"}
                    frame "$channel" "${payload# }" >>"$folder/$number"
                    ;;
                *.lines,?*)
                    number=$((number + 1))
                    printf '%s' "$line" >"$folder/$number"
                    ;;
            esac
        done <"$seeds"
    done
}

fuzz() {
    local target=$1
    local seeds=$build/seeds/$target corpus=$build/corpus/$target log=$build/logs/$target.log
    local findings=$build/findings/$target
    local options=(-max_total_time="$seconds" -timeout=20 -rss_limit_mb=2560 -print_final_stats=1
        -artifact_prefix="$findings/" -max_len="${largest[$target]-4096}")
    [ ! -f "$source/$target.dict" ] || options+=(-dict="$source/$target.dict")
    plant "$target" "$seeds"
    mkdir -p "$corpus" "$findings" "$build/logs"
    if ! "$programs/fuzz-$target" "${options[@]}" "$corpus" "$seeds" >"$log" 2>&1; then
        grep -v '^\(#\|INFO\|stat::\)' "$log" | head -n 40 >&2
        printf '%s: failed, see %s and %s\n' "$target" "$log" "$findings" >&2
        return 1
    fi
    printf '%-14s %10s inputs in %s s, coverage %s\n' "$target" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
        "$(sed -n 's/^#.*DONE *cov: \([0-9]*\).*/\1/p' "$log")"
}

targets=()
for program in "$programs"/fuzz-*; do
    [ -f "$program" ] || continue
    name=${program##*/fuzz-}
    if [ "$only" = all ] || [ "$only" = "$name" ]; then targets+=("$name"); fi
done
if [ ${#targets[@]} -eq 0 ]; then
    printf 'no such target: %s\n' "$only" >&2
    exit 1
fi

# A signal's output when a process is to be killed, and Qt's own messages, are of no interest.
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export QT_LOGGING_RULES='ipcprims.*=false'
failed=()
for target in "${targets[@]}"; do
    fuzz "$target" || failed+=("$target")
done
if [ ${#failed[@]} -gt 0 ]; then
    printf 'failed: %s\n' "${failed[*]}" >&2
    exit 1
fi
