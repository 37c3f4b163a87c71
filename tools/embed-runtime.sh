#!/bin/sh
# embed-runtime.sh IN OUT.c
#
# Writes a C file that holds the browser runtime IN as a byte array, its
# gzip'ed form as a second one, and the first 16 hex digits of its SHA-256.
# http/ngx_smartmsg_runtime.h declares the symbols.  Only tools that every
# build machine has are used, and the same input gives the same output.

set -eu

in=$1
out=$2
tmp=$out.tmp.$$

trap 'rm -f "$tmp" "$tmp.gz"' EXIT

if [ ! -s "$in" ]; then
    echo "embed-runtime.sh: \"$in\" is missing or empty" >&2
    exit 1
fi

bytes() {
    od -An -v -tu1 "$1" | sed -e 's/[0-9][0-9]*/&,/g'
}

sha256() {
    if command -v sha256sum >/dev/null 2>&1; then
        sha256sum <"$1"
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 <"$1"
    else
        openssl dgst -sha256 -r <"$1"
    fi
}

gzip -9nc <"$in" >"$tmp.gz"

hash=$(sha256 "$in" | cut -c1-16)

case $hash in
    *[!0-9a-f]* | '')
        echo "embed-runtime.sh: no SHA-256 of \"$in\"" >&2
        exit 1
        ;;
esac

{
    echo '/* Made by tools/embed-runtime.sh from the browser bundle. */'
    echo
    echo '#include "http/ngx_smartmsg_runtime.h"'
    echo
    echo 'const unsigned char  smartmsg_runtime[] = {'
    bytes "$in"
    echo '};'
    echo
    echo 'const size_t  smartmsg_runtime_len = sizeof(smartmsg_runtime);'
    echo
    echo 'const unsigned char  smartmsg_runtime_gz[] = {'
    bytes "$tmp.gz"
    echo '};'
    echo
    echo 'const size_t  smartmsg_runtime_gz_len = sizeof(smartmsg_runtime_gz);'
    echo
    echo "const char  smartmsg_runtime_hash[17] = \"$hash\";"
} >"$tmp"

mv "$tmp" "$out"
