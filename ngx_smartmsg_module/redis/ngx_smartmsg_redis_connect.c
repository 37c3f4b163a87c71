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
static int ngx_smartmsg_redis_handshake(ngx_smartmsg_redis_t *redis,
    redisAsyncContext *ac);
static void ngx_smartmsg_redis_login(redisAsyncContext *ac, void *reply,
    void *data);
static void ngx_smartmsg_redis_probe(redisAsyncContext *ac, void *reply,
    void *data);
static ngx_uint_t ngx_smartmsg_redis_begins(redisReply *reply,
    const char *code);


ngx_int_t
ngx_smartmsg_redis_connect(ngx_smartmsg_redis_t *redis)
{
    redisAsyncContext  *ac;

    redis->broken = 0;
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

    /* in case of an error the timer finds a handshake that does not end */

    if (ngx_smartmsg_redis_handshake(redis, ac) != REDIS_OK) {
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
 * only an answer counts.
 */

static int
ngx_smartmsg_redis_handshake(ngx_smartmsg_redis_t *redis,
    redisAsyncContext *ac)
{
    int                         rc;
    ngx_smartmsg_redis_conf_t  *conf;

    conf = redis->conf;
    rc = REDIS_OK;

    if (conf->password.len && conf->user.len) {
        rc |= redisAsyncCommand(ac, ngx_smartmsg_redis_login, redis,
                                "AUTH %b %b", conf->user.data, conf->user.len,
                                conf->password.data, conf->password.len);

    } else if (conf->password.len) {
        rc |= redisAsyncCommand(ac, ngx_smartmsg_redis_login, redis,
                                "AUTH %b", conf->password.data,
                                conf->password.len);
    }

    if (conf->db) {
        rc |= redisAsyncCommand(ac, ngx_smartmsg_redis_login, redis,
                                "SELECT %u", (unsigned int) conf->db);
    }

    rc |= redisAsyncCommand(ac, ngx_smartmsg_redis_probe, redis, "PING");

    return rc;
}


static void
ngx_smartmsg_redis_login(redisAsyncContext *ac, void *reply, void *data)
{
    ngx_smartmsg_redis_t *redis = data;

    redisReply  *r;

    r = reply;

    if (r == NULL || r->type != REDIS_REPLY_ERROR) {
        return;
    }

    /* what passes by itself is no denial */

    redis->denied = !ngx_smartmsg_redis_begins(r, "LOADING")
                    && !ngx_smartmsg_redis_begins(r, "ERR max number of");

    ngx_snprintf((u_char *) redis->reason, sizeof(redis->reason) - 1,
                 "AUTH or SELECT refused: %s%Z", r->str);

    redisAsyncFree(ac);
}


static void
ngx_smartmsg_redis_probe(redisAsyncContext *ac, void *reply, void *data)
{
    ngx_smartmsg_redis_t *redis = data;

    redisReply  *r;

    r = reply;

    if (r == NULL) {
        return;
    }

    /* a user who must not PING has nevertheless been answered */

    if (r->type != REDIS_REPLY_ERROR || ngx_smartmsg_redis_begins(r, "NOPERM"))
    {
        ngx_smartmsg_redis_up(redis);
        return;
    }

    redis->denied = ngx_smartmsg_redis_begins(r, "NOAUTH")
                    || ngx_smartmsg_redis_begins(r, "DENIED");

    ngx_cpystrn((u_char *) redis->reason, (u_char *) r->str,
                sizeof(redis->reason));

    redisAsyncFree(ac);
}


static ngx_uint_t
ngx_smartmsg_redis_begins(redisReply *reply, const char *code)
{
    return ngx_strncmp(reply->str, code, ngx_strlen(code)) == 0;
}
