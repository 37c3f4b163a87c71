#!/bin/sh
# embed-runtime.sh DIR OUT.c
#
# Writes a C file that holds the two files of the browser runtime, DIR/rt.min.js
# and DIR/ui.min.js, as byte arrays, with their gzip'ed form and the first 16
# hex digits of their SHA-256.  http/ngx_smartmsg_runtime.h declares the
# symbols.  Only tools that every build machine has are used, and the same input
# gives the same output.

set -eu

dir=$1
out=$2
tmp=$out.tmp.$$

trap 'rm -f "$tmp" "$tmp.gz"' EXIT

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

# hash_of FILE
hash_of() {
    if [ ! -s "$1" ]; then
        echo "embed-runtime.sh: \"$1\" is missing or empty" >&2
        exit 1
    fi

    hash=$(sha256 "$1" | cut -c1-16)

    case $hash in
        *[!0-9a-f]* | '')
            echo "embed-runtime.sh: no SHA-256 of \"$1\"" >&2
            exit 1
            ;;
    esac
}

# embed NAME: the definition of smartmsg_runtime_NAME
embed() {
    hash_of "$dir/$1.min.js"
    gzip -9nc <"$dir/$1.min.js" >"$tmp.gz"

    echo
    echo "static const unsigned char  $1[] = {"
    bytes "$dir/$1.min.js"
    echo '};'
    echo
    echo "static const unsigned char  $1_gz[] = {"
    bytes "$tmp.gz"
    echo '};'
    echo
    echo "const smartmsg_runtime_t  smartmsg_runtime_$1 = {"
    echo "    \"$1\", \"$hash\", $1, sizeof($1), $1_gz, sizeof($1_gz)"
    echo '};'
}

# rt loads ui by its name: a pair that was not made together would never meet
hash_of "$dir/ui.min.js"

if ! grep -q "ui\.$hash\.js" "$dir/rt.min.js"; then
    echo "embed-runtime.sh: \"$dir/rt.min.js\" does not load ui.$hash.js:" \
        "run \"make runtime\"" >&2
    exit 1
fi

{
    echo '/* Made by tools/embed-runtime.sh from the browser bundle. */'
    echo
    echo '#include "http/ngx_smartmsg_runtime.h"'
    embed rt
    embed ui
} >"$tmp"

mv "$tmp" "$out"
