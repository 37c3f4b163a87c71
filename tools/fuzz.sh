#!/bin/sh
# fuzz.sh SECONDS DIR FUZZER...
#
# Runs each fuzzer for so many seconds.  New inputs are collected in
# DIR/corpus/NAME, on top of those of t/fuzz/corpus/NAME; an input that crashes
# is kept as DIR/NAME-crash-*.  Fails at the end when any fuzzer has failed.

set -eu

seconds=$1
dir=$2
shift 2

failed=

for fuzzer in "$@"; do
    name=$(basename "$fuzzer")
    corpus=$dir/corpus/$name
    mkdir -p "$corpus"

    set -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$dir/$name-" -verbosity=0 -print_final_stats=1 \
        "$corpus"

    if [ -d "t/fuzz/corpus/$name" ]; then
        set -- "$@" "t/fuzz/corpus/$name"
    fi
    if [ -f "t/fuzz/$name.dict" ]; then
        set -- "-dict=t/fuzz/$name.dict" "$@"
    fi

    if "$fuzzer" "$@" >"$dir/$name.log" 2>&1; then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$name.log")
        echo "fuzz $name: ok, $runs runs in $seconds s"
    else
        echo "fuzz $name: FAILED"
        tail -n 40 "$dir/$name.log"
        failed="$failed $name"
    fi
done

if [ -n "$failed" ]; then
    echo "fuzzers that failed:$failed" >&2
    exit 1
fi
