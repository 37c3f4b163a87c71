/*
 * The life of a connection: connect, notice that the server does not answer
 * any more, back off, try again.
 *
 * Every end, whoever caused it, comes by ngx_smartmsg_redis_gone().
 */

#include "redis/ngx_smartmsg_redis_internal.h"


/* a connection that lived shorter was no good, milliseconds */

#define NGX_SMARTMSG_REDIS_MIN_LIFE  1000

/* from the first doubt until a connection is given up, milliseconds */

#define NGX_SMARTMSG_REDIS_GRACE     100


static void ngx_smartmsg_redis_gone(void *data, redisAsyncContext *ac);
static void ngx_smartmsg_redis_down(ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_notify(ngx_smartmsg_redis_t *redis,
    ngx_uint_t up);
static void ngx_smartmsg_redis_timer_handler(ngx_event_t *ev);
static ngx_msec_int_t ngx_smartmsg_redis_handshake_left(
    ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_check(ngx_smartmsg_redis_t *redis,
    ngx_msec_int_t left);
static void ngx_smartmsg_redis_posted_handler(ngx_event_t *ev);
static void ngx_smartmsg_redis_give_up(ngx_smartmsg_redis_t *redis,
    const char *fmt, ...);


ngx_smartmsg_redis_t *
ngx_smartmsg_redis_create(ngx_smartmsg_redis_conf_t *conf, const char *role,
    ngx_log_t *log)
{
    ngx_smartmsg_redis_t  *redis;

    redis = ngx_calloc(sizeof(ngx_smartmsg_redis_t), log);
    if (redis == NULL) {
        return NULL;
    }

    redis->conf = conf;
    redis->log = log;
    redis->role = role;

    ngx_queue_init(&redis->inflight);
    ngx_queue_init(&redis->spare);
    ngx_queue_init(&redis->listeners);

    redis->adapter.data = redis;
    redis->adapter.connected = ngx_smartmsg_redis_connected;
    redis->adapter.gone = ngx_smartmsg_redis_gone;

    /* nginx with debugging looks at the connection of a timer */

    redis->dummy.fd = (ngx_socket_t) -1;
    redis->dummy.data = redis;

    redis->timer.handler = ngx_smartmsg_redis_timer_handler;
    redis->timer.data = &redis->dummy;
    redis->timer.log = log;
    redis->timer.cancelable = 1;

    redis->posted.handler = ngx_smartmsg_redis_posted_handler;
    redis->posted.data = &redis->dummy;
    redis->posted.log = log;

    ngx_smartmsg_redis_stream_init(redis);

    return redis;
}


void
ngx_smartmsg_redis_start(ngx_smartmsg_redis_t *redis)
{
    if (redis->state != NGX_SMARTMSG_REDIS_IDLE) {
        return;
    }

    if (ngx_smartmsg_redis_connect(redis) != NGX_OK) {
        ngx_smartmsg_redis_down(redis);
    }
}


void
ngx_smartmsg_redis_retry(ngx_smartmsg_redis_t *redis)
{
    if (redis->state == NGX_SMARTMSG_REDIS_DOWN) {
        ngx_add_timer(&redis->timer, 0);
    }
}


ngx_uint_t
ngx_smartmsg_redis_ready(ngx_smartmsg_redis_t *redis)
{
    return redis->state != NGX_SMARTMSG_REDIS_CLOSED && !redis->down;
}


ngx_uint_t
ngx_smartmsg_redis_closing(ngx_smartmsg_redis_t *redis)
{
    return redis->closing;
}


void
ngx_smartmsg_redis_pushes(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data)
{
    redis->push = cb;
    redis->push_data = data;
}


void
ngx_smartmsg_redis_listen(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_listener_t *listener)
{
    ngx_queue_insert_tail(&redis->listeners, &listener->queue);
}


void
ngx_smartmsg_redis_close(ngx_smartmsg_redis_t *redis)
{
    ngx_queue_t  *q;

    redis->closing = 1;

    /* what the last requests wrote may still be in the buffer */

    if (redis->state == NGX_SMARTMSG_REDIS_READY) {
        (void) ngx_smartmsg_redis_send(redis);
    }

    if (redis->adapter.ac) {
        redisAsyncFree(redis->adapter.ac);
    }

    ngx_smartmsg_redis_fail(redis);

    while (!ngx_queue_empty(&redis->spare)) {
        q = ngx_queue_head(&redis->spare);
        ngx_queue_remove(q);
        ngx_free(ngx_queue_data(q, ngx_smartmsg_redis_ticket_t, queue));
    }

    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    if (redis->posted.posted) {
        ngx_delete_posted_event(&redis->posted);
    }

    ngx_free(redis);
}


void
ngx_smartmsg_redis_up(ngx_smartmsg_redis_t *redis)
{
    ngx_uint_t  level;

    redis->state = NGX_SMARTMSG_REDIS_READY;
    redis->ready_since = ngx_current_msec;
    redis->suspect = 0;

    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    if (redis->down) {

        /* a loss is to be seen in any log */

        level = redis->lost ? NGX_LOG_ERR : NGX_LOG_NOTICE;

        ngx_log_error(level, redis->log, 0,
                      "smartmsg: redis %V%s is back after %T s, "
                      "%ui writes were lost",
                      &redis->conf->name, redis->role ? redis->role : "",
                      ngx_time() - redis->down_since, redis->lost);
    }

    redis->down = 0;
    redis->lost = 0;

    /* what was held back */

    if (redis->ninflight) {
        ngx_add_timer(&redis->timer, redis->conf->timeout);
        ngx_smartmsg_redis_flush(redis, 0);
    }

    ngx_smartmsg_redis_notify(redis, 1);
}


/*
 * hiredis is freeing the context.
 */

static void
ngx_smartmsg_redis_gone(void *data, redisAsyncContext *ac)
{
    ngx_smartmsg_redis_t *redis = data;

    ngx_uint_t  was_ready, at_rest;
    ngx_msec_t  life;

    ngx_smartmsg_redis_stream_end(redis);

    if (redis->closing || redis->state == NGX_SMARTMSG_REDIS_CLOSED) {
        return;
    }

    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    was_ready = (redis->state == NGX_SMARTMSG_REDIS_READY);
    life = was_ready ? ngx_current_msec - redis->ready_since : 0;
    at_rest = (was_ready && redis->eof && redis->ninflight == 0);

    ngx_smartmsg_redis_because(redis, ac->err ? ac->errstr
                                              : "connection lost");

    /* servers close idle connections; that is no failure yet */

    if (at_rest && life >= NGX_SMARTMSG_REDIS_MIN_LIFE) {
        redis->state = NGX_SMARTMSG_REDIS_IDLE;
        ngx_post_event(&redis->posted, &ngx_posted_events);

    } else {
        if (life >= NGX_SMARTMSG_REDIS_MAX_BACKOFF) {
            redis->backoff = 0;
        }

        ngx_smartmsg_redis_down(redis);
    }

    if (was_ready) {
        ngx_smartmsg_redis_notify(redis, 0);
    }
}


static void
ngx_smartmsg_redis_down(ngx_smartmsg_redis_t *redis)
{
    ngx_msec_t  delay;
    ngx_uint_t  level;

    redis->state = NGX_SMARTMSG_REDIS_DOWN;

    if (redis->denied) {
        redis->backoff = NGX_SMARTMSG_REDIS_MAX_BACKOFF;

    } else {
        redis->backoff = ngx_max(redis->backoff * 2,
                                 NGX_SMARTMSG_REDIS_MIN_BACKOFF);
        redis->backoff = ngx_min(redis->backoff,
                                 NGX_SMARTMSG_REDIS_MAX_BACKOFF);
    }

    /* the workers of all nginx must not come back at the same moment */

    delay = redis->backoff / 2 + ngx_random() % (redis->backoff / 2 + 1);

    if (!redis->down || redis->denied != redis->was_denied) {
        level = redis->role ? NGX_LOG_WARN : NGX_LOG_ERR;

        ngx_log_error(level, redis->log, 0,
                      "smartmsg: redis %V%s is down: %s, retrying in %M ms",
                      &redis->conf->name, redis->role ? redis->role : "",
                      redis->reason, delay);
    }

    if (!redis->down) {
        redis->down = 1;
        redis->down_since = ngx_time();
    }

    redis->was_denied = redis->denied;
    redis->addr = (redis->addr + 1) % redis->conf->naddrs;

    ngx_add_timer(&redis->timer, delay);

    ngx_smartmsg_redis_fail(redis);
}


void
ngx_smartmsg_redis_shutdown(ngx_smartmsg_redis_t *redis)
{
    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    redis->state = NGX_SMARTMSG_REDIS_CLOSED;

    redisAsyncFree(redis->adapter.ac);

    ngx_smartmsg_redis_fail(redis);
}


void
ngx_smartmsg_redis_because(ngx_smartmsg_redis_t *redis, const char *reason)
{
    if (redis->reason[0] == '\0') {
        ngx_cpystrn((u_char *) redis->reason, (u_char *) reason,
                    sizeof(redis->reason));
    }
}


void
ngx_smartmsg_redis_doom(ngx_smartmsg_redis_t *redis, const char *reason)
{
    ngx_smartmsg_redis_because(redis, reason);

    redis->doomed = 1;
}


static void
ngx_smartmsg_redis_notify(ngx_smartmsg_redis_t *redis, ngx_uint_t up)
{
    ngx_queue_t                    *q;
    ngx_smartmsg_redis_listener_t  *listener;

    for (q = ngx_queue_head(&redis->listeners);
         q != ngx_queue_sentinel(&redis->listeners);
         q = ngx_queue_next(q))
    {
        listener = ngx_queue_data(q, ngx_smartmsg_redis_listener_t, queue);
        listener->handler(listener->data, up);
    }
}


static void
ngx_smartmsg_redis_timer_handler(ngx_event_t *ev)
{
    ngx_connection_t      *c;
    ngx_smartmsg_redis_t  *redis;

    c = ev->data;
    redis = c->data;

    switch (redis->state) {

    case NGX_SMARTMSG_REDIS_CONNECTING:
        ngx_smartmsg_redis_check(redis,
                                 ngx_smartmsg_redis_handshake_left(redis));
        break;

    case NGX_SMARTMSG_REDIS_READY:
        redis->suspect = redis->suspect && redis->ninflight;

        if (redis->ninflight) {
            ngx_smartmsg_redis_check(redis,
                                     ngx_smartmsg_redis_reply_left(redis));
        }

        break;

    case NGX_SMARTMSG_REDIS_DOWN:
        if (ngx_smartmsg_redis_connect(redis) != NGX_OK) {
            ngx_smartmsg_redis_down(redis);
        }

        break;

    default:
        break;
    }
}


/*
 * The time counts for connect() and for the answer each.
 */

static ngx_msec_int_t
ngx_smartmsg_redis_handshake_left(ngx_smartmsg_redis_t *redis)
{
    return (ngx_msec_int_t) (redis->last_heard
                             + redis->conf->connect_timeout
                             - ngx_current_msec);
}


/*
 * When the worker itself was late, the command may have left just now, and
 * the reply may wait in the socket.  So the server gets a moment more.
 */

static void
ngx_smartmsg_redis_check(ngx_smartmsg_redis_t *redis, ngx_msec_int_t left)
{
    if (left > 0) {
        redis->suspect = 0;
        ngx_add_timer(&redis->timer, left);
        return;
    }

    if (!redis->suspect) {
        redis->suspect = 1;
        ngx_add_timer(&redis->timer, NGX_SMARTMSG_REDIS_GRACE);
        return;
    }

    if (redis->state == NGX_SMARTMSG_REDIS_READY) {
        ngx_smartmsg_redis_give_up(redis, "no reply within %M ms%Z",
                                   redis->conf->timeout);
        return;
    }

    ngx_smartmsg_redis_give_up(redis, "%s within %M ms%Z",
                               redis->connected ? "no answer"
                                                : "no connection",
                               redis->conf->connect_timeout);
}


/*
 * The server has closed a connection that was at rest.
 */

static void
ngx_smartmsg_redis_posted_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    ngx_smartmsg_redis_start(c->data);
}


/*
 * Not for callbacks.
 */

static void
ngx_smartmsg_redis_give_up(ngx_smartmsg_redis_t *redis, const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    (void) ngx_vslprintf((u_char *) redis->reason,
                         (u_char *) redis->reason + sizeof(redis->reason),
                         fmt, args);
    va_end(args);

    redis->reason[sizeof(redis->reason) - 1] = '\0';

    redisAsyncFree(redis->adapter.ac);
}
