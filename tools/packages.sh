#!/bin/sh
# packages.sh [--list] GROUP...
#
# Makes sure that the Debian packages of these groups of packages.txt are
# installed: as root with apt-get, else through sudo; without sudo it names
# what is missing and fails.  With --list it only prints their names.

set -eu

list=$(dirname "$0")/packages.txt
only_list=no

if [ "${1:-}" = --list ]; then
    only_list=yes
    shift
fi

installed() {
    dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.i'
}

# found COMMAND[>=MAJOR]
found() {
    command=${1%%>=*}

    command -v "$command" >/dev/null 2>&1 || return 1

    case $1 in
        *'>='*)
            major=$("$command" --version 2>/dev/null |
                sed -n '1s/^[^0-9]*\([0-9][0-9]*\).*/\1/p')
            [ "${major:-0}" -ge "${1##*>=}" ]
            ;;
    esac
}

missing=
for group in "$@"; do
    if ! grep -q "^$group " "$list"; then
        echo "packages.sh: no group \"$group\" in $list" >&2
        exit 1
    fi

    # shellcheck disable=SC2013  # packages.txt has no blanks inside a column
    for entry in $(sed -n "s/^$group  *\([^ ]*\) *\([^ ]*\)$/\1|\2/p" "$list")
    do
        package=${entry%%|*}
        alternative=${entry#*|}

        if [ $only_list = yes ]; then
            echo "$package"
        elif installed "$package"; then
            :
        elif [ -n "$alternative" ] && found "$alternative"; then
            :
        else
            missing="$missing $package"
        fi
    done
done

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These Debian packages, or what they stand for, are needed:$missing" >&2
    exit 1
fi

if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1; then
    as_root="sudo env"
else
    echo "These packages are missing, and there is no sudo. As root:" >&2
    echo "    apt-get install --no-install-recommends$missing" >&2
    exit 1
fi

echo "Installing:$missing" >&2

$as_root apt-get -q update
# shellcheck disable=SC2086  # one word per package
$as_root DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y install --no-install-recommends $missing
