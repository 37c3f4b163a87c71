/*
 * Connecting: the socket, AUTH and SELECT, and the proof that the server
 * answers.
 */

#include "redis/ngx_smartmsg_redis_internal.h"

#include <netinet/tcp.h>


/* when nothing is heard from the other host, seconds and probes */

#define NGX_SMARTMSG_REDIS_KEEPIDLE   5
#define NGX_SMARTMSG_REDIS_KEEPINTVL  2
#define NGX_SMARTMSG_REDIS_KEEPCNT    3


static redisAsyncContext *ngx_smartmsg_redis_open(ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_keepalive(ngx_smartmsg_redis_t *redis, int fd);
static ngx_int_t ngx_smartmsg_redis_handshake(ngx_smartmsg_redis_t *redis);
static ngx_int_t ngx_smartmsg_redis_hello(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, const char *name, ngx_str_t *one,
    ngx_str_t *two);
static void ngx_smartmsg_redis_login(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_redis_probe(void *data, smartmsg_resp_t *reply);
static ngx_uint_t ngx_smartmsg_redis_begins(smartmsg_resp_t *reply,
    const char *code);


ngx_int_t
ngx_smartmsg_redis_connect(ngx_smartmsg_redis_t *redis)
{
    redisAsyncContext  *ac;

    redis->connected = 0;
    redis->eof = 0;
    redis->doomed = 0;
    redis->suspect = 0;
    redis->denied = 0;
    redis->reason[0] = '\0';

    ac = ngx_smartmsg_redis_open(redis);
    if (ac == NULL) {
        return NGX_ERROR;
    }

    if (ngx_smartmsg_redis_attach(&redis->adapter, ac, redis->log) != NGX_OK) {
        redisAsyncFree(ac);
        ngx_cpystrn((u_char *) redis->reason,
                    (u_char *) "worker_connections are not enough",
                    sizeof(redis->reason));
        return NGX_ERROR;
    }

    redis->state = NGX_SMARTMSG_REDIS_CONNECTING;
    redis->last_heard = ngx_current_msec;

    /* in case of an error the timer finds a handshake that does not end */

    if (ngx_smartmsg_redis_handshake(redis) != NGX_OK) {
        ngx_log_error(NGX_LOG_ERR, redis->log, 0,
                      "smartmsg: redis %V: not enough memory for a command",
                      &redis->conf->name);
    }

    ngx_add_timer(&redis->timer, redis->conf->connect_timeout);

    return NGX_OK;
}


static redisAsyncContext *
ngx_smartmsg_redis_open(ngx_smartmsg_redis_t *redis)
{
    redisAsyncContext          *ac;
    ngx_smartmsg_redis_addr_t  *addr;

    addr = &redis->conf->addrs[redis->addr];

    if (addr->port) {
        ac = redisAsyncConnect(addr->host, addr->port);

    } else {
        ac = redisAsyncConnectUnix(addr->host);
    }

    if (ac == NULL) {
        ngx_cpystrn((u_char *) redis->reason, (u_char *) "not enough memory",
                    sizeof(redis->reason));
        return NULL;
    }

    if (ac->err) {
        ngx_cpystrn((u_char *) redis->reason, (u_char *) ac->errstr,
                    sizeof(redis->reason));
        redisAsyncFree(ac);
        return NULL;
    }

    if (addr->port) {
        ngx_smartmsg_redis_keepalive(redis, ac->c.fd);
    }

    return ac;
}


/*
 * A host that vanished says nothing, and the watcher's connection is silent
 * by nature.
 */

static void
ngx_smartmsg_redis_keepalive(ngx_smartmsg_redis_t *redis, int fd)
{
    int  on, failed;

    on = 1;
    failed = setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(int));

#if (NGX_HAVE_KEEPALIVE_TUNABLE)
    {
    int  idle, interval, count;

    idle = NGX_SMARTMSG_REDIS_KEEPIDLE;
    interval = NGX_SMARTMSG_REDIS_KEEPINTVL;
    count = NGX_SMARTMSG_REDIS_KEEPCNT;

    failed |= setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(int));
    failed |= setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval,
                         sizeof(int));
    failed |= setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(int));
    }
#endif

    if (failed) {
        ngx_log_error(NGX_LOG_WARN, redis->log, ngx_socket_errno,
                      "smartmsg: redis %V: no TCP keepalive",
                      &redis->conf->name);
    }
}


/*
 * The kernel accepts connections for a server that is stopped or busy, so
 * only an answer counts.  The commands go first; what is sent meanwhile waits
 * behind them.
 */

static ngx_int_t
ngx_smartmsg_redis_handshake(ngx_smartmsg_redis_t *redis)
{
    u_char                     *last, db[NGX_INT_T_LEN];
    ngx_str_t                   number;
    ngx_smartmsg_redis_conf_t  *conf;

    conf = redis->conf;

    if (conf->password.len
        && ngx_smartmsg_redis_hello(redis, ngx_smartmsg_redis_login, "AUTH",
                                    conf->user.len ? &conf->user : NULL,
                                    &conf->password)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (conf->db) {
        last = ngx_sprintf(db, "%ui", conf->db);

        number.data = db;
        number.len = last - db;

        if (ngx_smartmsg_redis_hello(redis, ngx_smartmsg_redis_login, "SELECT",
                                     NULL, &number)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_smartmsg_redis_hello(redis, ngx_smartmsg_redis_probe, "PING", NULL,
                                 NULL)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    redis->greeting = redis->out.last - redis->out.pos;

    return NGX_OK;
}


/* a command of the handshake with the arguments that there are */

static ngx_int_t
ngx_smartmsg_redis_hello(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, const char *name, ngx_str_t *one,
    ngx_str_t *two)
{
    int          argc;
    size_t       len[3];
    const char  *argv[3];

    argc = 0;

    argv[argc] = name;
    len[argc++] = ngx_strlen(name);

    if (one) {
        argv[argc] = (char *) one->data;
        len[argc++] = one->len;
    }

    if (two) {
        argv[argc] = (char *) two->data;
        len[argc++] = two->len;
    }

    if (ngx_smartmsg_redis_ask(redis, cb, redis, argc, argv, len) == NULL) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_smartmsg_redis_connected(void *data)
{
    ngx_smartmsg_redis_t *redis = data;

    redis->connected = 1;
    redis->last_heard = ngx_current_msec;

    ngx_smartmsg_redis_flush(redis, 0);
}


static void
ngx_smartmsg_redis_login(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_redis_t *redis = data;

    u_char  text[sizeof(redis->reason)];

    if (reply == NULL || reply->type != SMARTMSG_RESP_ERROR) {
        return;
    }

    /* what passes by itself is no denial */

    redis->denied = !ngx_smartmsg_redis_begins(reply, "LOADING")
                    && !ngx_smartmsg_redis_begins(reply, "ERR max number of");

    ngx_snprintf(text, sizeof(text) - 1, "AUTH or SELECT refused: %s%Z",
                 reply->str);
    text[sizeof(text) - 1] = '\0';

    ngx_smartmsg_redis_doom(redis, (char *) text);
}


static void
ngx_smartmsg_redis_probe(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_redis_t *redis = data;

    if (reply == NULL) {
        return;
    }

    /* a user who must not PING has nevertheless been answered */

    if (reply->type != SMARTMSG_RESP_ERROR
        || ngx_smartmsg_redis_begins(reply, "NOPERM"))
    {
        ngx_smartmsg_redis_up(redis);
        return;
    }

    redis->denied = ngx_smartmsg_redis_begins(reply, "NOAUTH")
                    || ngx_smartmsg_redis_begins(reply, "DENIED");

    ngx_smartmsg_redis_doom(redis, reply->str);
}


static ngx_uint_t
ngx_smartmsg_redis_begins(smartmsg_resp_t *reply, const char *code)
{
    return ngx_strncmp(reply->str, code, ngx_strlen(code)) == 0;
}
