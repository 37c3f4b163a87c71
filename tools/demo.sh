#!/bin/sh
# demo.sh start|stop
#
# start: a demo shop that knows nothing of the module, a private Redis, and
# nginx with the module in front of both, all in one temporary directory.
# Ends with Ctrl-C or SIGTERM; with DETACH=1 it returns when all is ready, and
# "stop" ends it.  PORT is nginx's; without it 8080, or a free one.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
module=$root/build/ngx_smartmsg_module.so
running=$root/build/demo.dir
default_port=8080

: "${NGINX:=$(command -v nginx || echo /usr/sbin/nginx)}"
: "${DETACH:=0}"

# in the order in which they are started; they end in the opposite one
services="redis shop nginx"

fail() {
    echo "demo: $*" >&2
    exit 1
}

# alive PIDFILE; a process that has ended and was not waited for is not alive
alive() {
    [ -s "$1" ] && grep -q '^State:[[:space:]]*[A-WYa-z]' \
        "/proc/$(cat "$1")/status" 2>/dev/null
}

# until_true SECONDS COMMAND...
until_true() {
    tries=$(($1 * 20))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.05
    done
}

# run NAME COMMAND...: in the background, out of reach of the terminal's Ctrl-C
run() {
    name=$1
    shift
    # shellcheck disable=SC2016  # expanded by the inner shell
    setsid sh -c 'echo $$ >"$0"; exec "$@"' "$dir/$name.pid.new" "$@" \
        </dev/null >>"$dir/$name.log" 2>&1 &
    until_true 10 [ -s "$dir/$name.pid.new" ] || fail "$name did not start"
    mv "$dir/$name.pid.new" "$dir/$name.pid.started"
}

# gone PIDFILE: the opposite of alive, for until_true
gone() {
    ! alive "$1"
}

stop_all() {
    for name in nginx shop redis; do
        pidfile=$1/$name.pid.started
        alive "$pidfile" || continue
        kill "$(cat "$pidfile")" 2>/dev/null || :
        until_true 5 gone "$pidfile" || kill -9 "$(cat "$pidfile")" || :
    done
    rm -rf "$1"
}

port_is_free() {
    perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(Listen => 1,
        ReuseAddr => 1, LocalAddr => "127.0.0.1", LocalPort => $ARGV[0])' "$1"
}

free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1,
        LocalAddr => "127.0.0.1")->sockport'
}

choose_port() {
    if [ -n "${PORT:-}" ]; then
        port_is_free "$PORT" || fail "port $PORT is taken"
        port=$PORT
    elif port_is_free $default_port; then
        port=$default_port
    else
        port=$(free_port)
    fi
}

redis_answers() {
    [ "$(redis-cli -s "$dir/redis.sock" ping 2>/dev/null)" = PONG ]
}

shop_answers() {
    [ -S "$dir/shop.sock" ]
}

site_answers() {
    perl -MHTTP::Tiny -e 'exit !HTTP::Tiny->new(timeout => 2)
        ->get("http://127.0.0.1:$ARGV[0]/")->{success}' "$port"
}

# ready NAME: waits until NAME_answers, fails with its log
ready() {
    until_true 20 "$2" && alive "$dir/$1.pid.started" && return
    cat "$dir/$1.log" "$dir/error.log" >&2 2>/dev/null || :
    fail "$1 does not answer"
}

start_all() {
    run redis redis-server --port 0 --save '' --appendonly no --dir "$dir" \
        --unixsocket "$dir/redis.sock" --unixsocketperm 777
    run shop node "$root/t/shop/server.mjs" --socket "$dir/shop.sock" --gzip

    sed -e "s|@DIR@|$dir|g" -e "s|@PORT@|$port|g" -e "s|@MODULE@|$module|g" \
        -e "s|@RULES@|$root/rules|g" \
        "$root/tools/demo/nginx.conf.in" >"$dir/nginx.conf"

    ready redis redis_answers
    ready shop shop_answers

    # nginx's workers are not root
    chmod 777 "$dir/shop.sock"

    run nginx "$NGINX" -p "$dir/" -c "$dir/nginx.conf" -e "$dir/error.log"
    ready nginx site_answers
}

show() {
    cat <<END

The shop:     http://127.0.0.1:$port/

Put something into the cart, then move the mouse out through the top of the
window; or wait for 20 seconds on the checkout page.

Try this:     redis-cli -s $dir/redis.sock HSET smartmsg:switch exit-cart off
and "on" again: it counts from the next page view.

Logs:         $dir/
              access.log tells what became of each page, error.log what failed
nginx.conf:   $dir/nginx.conf

END
}

start() {
    [ -f "$module" ] || fail "$module is missing: make"

    if [ -f "$running" ]; then
        old=$(cat "$running")
        if alive "$old/nginx.pid.started"; then
            fail "already running in $old: make demo-stop ends it"
        fi
        stop_all "$old"
        rm -f "$running"
    fi

    choose_port
    dir=$(mktemp -d "${TMPDIR:-/tmp}/smartmsg-demo.XXXXXX")
    chmod 755 "$dir"

    trap 'stop_all "$dir"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    start_all

    if [ "$DETACH" = 1 ]; then
        trap - EXIT
        echo "$dir" >"$running"
        echo "url=http://127.0.0.1:$port/"
        echo "redis=-s $dir/redis.sock"
        echo "log=$dir"
        return
    fi

    show
    echo "Ctrl-C ends it."

    while :; do
        for name in $services; do
            alive "$dir/$name.pid.started" || {
                tail -n 20 "$dir/$name.log" "$dir/error.log" >&2
                fail "$name has ended"
            }
        done
        # a signal is acted on at once during wait
        sleep 1 &
        wait $!
    done
}

stop() {
    [ -f "$running" ] || fail "not running"

    stop_all "$(cat "$running")"
    rm -f "$running"
}

case ${1:-} in
    start | stop) "$1" ;;
    *) fail "usage: demo.sh start|stop" ;;
esac
