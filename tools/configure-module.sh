#!/bin/sh
# configure-module.sh DIR
#
# Configures nginx in DIR for building our dynamic module against the installed
# nginx: the sources and flags are those of Debian's nginx-dev, the compiler's
# flags those nginx itself was built with.  Nothing is written elsewhere.

set -eu

dir=$1
root=$(cd "$(dirname "$0")/.." && pwd)

: "${NGINX_SRC:=/usr/share/nginx/src}"
: "${NGINX:=/usr/sbin/nginx}"
: "${CC:=cc}"

# nginx_option NAME: the value of --with-NAME='...' of the installed nginx
nginx_option() {
    "$NGINX" -V 2>&1 | sed -n "s/.* --with-$1='\([^']*\)'.*/\1/p" |
        sed -e 's/-ffile-prefix-map=[^ ]*//g'
}

if [ ! -f "$NGINX_SRC/conf_flags" ]; then
    echo "$NGINX_SRC/conf_flags is missing: is nginx-dev installed?" >&2
    exit 1
fi

rm -rf "$dir"
mkdir -p "$dir"
cp -rs "$NGINX_SRC/." "$dir/"

cc_opt="$(nginx_option cc-opt) -ffile-prefix-map=$root=."
ld_opt="$(nginx_option ld-opt)"

# conf_flags sets an array, which is bash's
cd "$dir"
NGX_CC=$CC CC_OPT=$cc_opt LD_OPT=$ld_opt ROOT=$root bash -euc '
    . ./conf_flags
    ./configure "${NGX_CONF_FLAGS[@]}" --with-cc="$NGX_CC" \
        --with-cc-opt="$CC_OPT" --with-ld-opt="$LD_OPT" \
        --add-dynamic-module="$ROOT"
' >configure.log 2>&1 || {
    status=$?
    # nginx explains itself at the end of what it prints
    tail -n 15 configure.log >&2
    exit $status
}
