#!/bin/sh
# build-nginx-asan.sh DIR
#
# Builds DIR/nginx: the nginx of the installed version from Debian's sources,
# with our module linked in (so the place of the filter in static builds is
# tested as well), under AddressSanitizer and, in our own files, UBSan.  nginx's
# pools are told to take each allocation from malloc(), or ASan would not see
# an overrun inside a pool.
#
# NGINX_TARBALL=FILE uses these sources instead of fetching Debian's.

set -eu

mkdir -p "$1"
dir=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)

: "${NGINX:=$(command -v nginx || echo /usr/sbin/nginx)}"
: "${CC:=gcc}"
: "${JOBS:=2}"

version=$("$NGINX" -v 2>&1 | sed -n 's,^nginx version: nginx/\([0-9.]*\).*,\1,p')
tarball=${NGINX_TARBALL:-$dir/nginx_$version.orig.tar.gz}

# fetch: Debian's upstream tarball of that version, checked by apt.  The sources
# are looked for where the machine gets its packages from, with lists of our
# own: nothing in /etc/apt or /var/lib/apt is touched.
fetch() {
    apt=$dir/apt
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/get"

    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -f $keyring ] && signed="[signed-by=$keyring] " || signed=

    apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' | sort -u |
        sed -n "s|^Debian \(.*\)|deb-src $signed\1|p" >"$apt/sources.list"

    set -- -q -o Dir::Etc::sourcelist="$apt/sources.list" \
        -o Dir::Etc::sourceparts=- -o Dir::State::lists="$apt/lists" \
        -o Dir::Cache="$apt/cache" -o APT::Sandbox::User="$(id -un)"

    apt-get "$@" update

    # Every Debian revision has the same upstream tarball, so any will do: a
    # mirror may lack the rest of a security update.
    for revision in $(apt-cache "$@" showsrc --only-source nginx |
        sed -n "s/^Version: \($version-.*\)/\1/p" | sort -Vru)
    do
        (cd "$apt/get" &&
            apt-get "$@" source --download-only "nginx=$revision") || :

        if [ -f "$apt/get/nginx_$version.orig.tar.gz" ]; then
            mv "$apt/get/nginx_$version.orig.tar.gz" "$tarball"
            rm -rf "$apt"
            return
        fi
    done

    echo "no source of nginx $version was found: set NGINX_TARBALL" >&2
    exit 1
}

configure() {
    flags=$("$NGINX" -V 2>&1 | grep -o -e '--with-[a-z0-9_-]*\(=[^ ]*\)\?' |
        grep -v -e '-opt=' -e '=dynamic' -e stream -e mail)

    # shellcheck disable=SC2086  # one word per flag
    (cd "$src" && ./configure $flags --with-cc="$CC" \
        --with-cc-opt="-g -O1 -fsanitize=address -fno-omit-frame-pointer \
            -Wno-error -DNGX_DEBUG_PALLOC=1" \
        --with-ld-opt='-fsanitize=address,undefined' \
        --add-module="$root") >"$dir/configure.log" 2>&1 || {
        tail -n 15 "$dir/configure.log" >&2
        exit 1
    }

    # nginx's own code has undefined behaviour that is not ours to mend
    cat >"$src/objs/Makefile.asan" <<'END'
include objs/Makefile
objs/addon/%: CFLAGS += -fsanitize=undefined
END
}

inputs() {
    (cd "$root" && find ngx_smartmsg_module -name '*.[ch]' | LC_ALL=C sort &&
        cat config tools/build-nginx-asan.sh)
    echo "$version $CC"
}

src=$dir/nginx-$version

if [ ! -f "$src/configure" ]; then
    [ -f "$tarball" ] || fetch
    tar -xzf "$tarball" -C "$dir"
fi

if ! inputs | cmp -s - "$dir/inputs"; then
    rm -f "$dir/inputs"
    configure
    inputs >"$dir/inputs"
fi

sh "$root/tools/embed-runtime.sh" \
    "$root/ngx_smartmsg_module/browser/dist" "$dir/runtime.c"
cmp -s "$dir/runtime.c" "$src/objs/smartmsg/ngx_smartmsg_runtime_data.c" ||
    cp "$dir/runtime.c" "$src/objs/smartmsg/ngx_smartmsg_runtime_data.c"

make -s -j "$JOBS" -C "$src" -f objs/Makefile.asan binary >"$dir/make.log" 2>&1 || {
    tail -n 30 "$dir/make.log" >&2
    exit 1
}

ln -sf "nginx-$version/objs/nginx" "$dir/nginx"
