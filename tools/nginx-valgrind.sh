#!/bin/sh
# nginx under valgrind, with nginx's own arguments: SMARTMSG_NGINX of a test.
#
# Reports are DIR/valgrind.PID, where DIR is the prefix (-p DIR).  Only useful
# with "master_process off": valgrind hides the names that nginx gives to its
# processes, by which tests know workers.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
nginx=${NGINX:-$(command -v nginx || echo /usr/sbin/nginx)}

[ "${1:-}" = -p ] || exec "$nginx" "$@"

exec valgrind --quiet --log-file="${2%/}/valgrind.%p" --num-callers=25 \
    --leak-check=full --show-leak-kinds=definite,possible \
    --suppressions="$root/tools/valgrind.supp" "$nginx" "$@"
