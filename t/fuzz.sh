#!/bin/sh

# Copyright (C) ngx_news_module authors

# t/fuzz.sh [-j N] [seconds [target ...]]
#
# Fuzzes engine and sanitizer with libFuzzer: all targets of t/fuzz, or those
# named, share so many seconds of processor time (7200), N of them at a time
# (as many as there are processors).  Each starts from its corpus in t/fuzz
# and from what earlier runs found, below t/build-fuzz.  Prints a line a
# target, and exits with 1 where an input crashed, leaked, took longer than
# ten seconds or more memory than it may: the line has the path of it, made
# as small as a minute's search can.

set -eu

cd -- "$(dirname -- "$0")/.."

build=t/build-fuzz
memory=1024
limit=10


# The processor time of what this shell has waited for, in seconds, is left in
# "cpu"; a subshell would not know.

used() {
    times > "$work/times"

    cpu=$(awk 'NR == 2 {
        gsub(/[ms]/, " ")
        print int($1 * 60 + $2 + $3 * 60 + $4)
    }' "$work/times")
}


# one run of a target, for so many seconds at most

fuzz() {
    set -- "$@" -timeout=$limit -rss_limit_mb=$memory -max_len=4096

    if [ -f "t/fuzz/$target.dict" ]; then
        set -- "$@" "-dict=t/fuzz/$target.dict"
    fi

    nice "$build/fuzz-$target" "$@" > "$work/log" 2>&1
}


minimize() {
    fuzz -minimize_crash=1 -max_total_time=60 \
        "-exact_artifact_path=$1.min" "$1" || true

    if [ -s "$1.min" ] && ! fuzz "$1.min"; then
        echo "$1.min"

    else
        echo "$1"
    fi
}


# A round ends early where something is found.  An input that does well when
# it is run again was only slow while the machine was busy.

one() {
    target=$1
    share=$2

    work=$build/work/$target
    found=none
    runs=0
    cpu=0

    mkdir -p -- "$work/corpus" "t/fuzz/corpus/$target"
    rm -f -- "$work"/finding-*

    while [ "$found" = none ] && [ "$cpu" -lt "$share" ]; do

        if ! fuzz "-max_total_time=$((share - cpu))" -print_final_stats=1 \
             "-artifact_prefix=$work/finding-" "$work/corpus" \
             "t/fuzz/corpus/$target"
        then
            cp -- "$work/log" "$work/finding.log"
            found=failed

            for input in "$work"/finding-*-*; do
                if [ -e "$input" ] && fuzz "$input"; then
                    rm -f -- "$input"
                    found=none

                elif [ -e "$input" ]; then
                    found=$(minimize "$input")
                    break
                fi
            done

            cp -- "$work/finding.log" "$work/log"
        fi

        runs=$((runs + $(sed -n \
            's/^stat::number_of_executed_units: *//p' "$work/log" \
            | tail -n 1 | grep . || echo 0)))

        cov=$(sed -n 's/^#.* cov: \([0-9]*\) .*/\1/p' "$work/log" | tail -n 1)
        used
    done

    printf '%-10s %10d runs %6d s %6d edges  %s\n' "$target" "$runs" "$cpu" \
        "${cov:-0}" "$found"

    [ "$found" = none ]
}


if [ "${1-}" = --one ]; then
    one "$2" "$3"
    exit
fi

jobs=$(nproc)

if [ "${1-}" = -j ]; then
    jobs=$2
    shift 2
fi

seconds=${1:-7200}
[ $# = 0 ] || shift

if [ $# = 0 ]; then
    set -- $(cd t/fuzz && ls *.c | sed -e 's/\.c$//' -e '/^main$/d')
fi

sh ngx_news_module/auto/install-debian build fuzz

mkdir -p -- "$build"

echo "building ..." >&2

if ! make -C t -j"$(nproc)" FUZZ=1 CC=clang > "$build/build.log" 2>&1; then
    tail -n 40 "$build/build.log" >&2
    exit 1
fi

share=$((seconds / $#))

if ! printf '%s\n' "$@" \
     | xargs -P "$jobs" -I{} sh t/fuzz.sh --one {} "$((share > 0 ? share : 1))"
then
    exit 1
fi
