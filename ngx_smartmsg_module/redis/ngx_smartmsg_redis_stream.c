/*
 * The bytes on a connection: commands out, replies in.
 *
 * The write event is posted rather than added, so that all commands of one
 * turn of the loop leave in one write; it is added only when the socket takes
 * no more.  Lazy commands do not even post it: they stay in the buffer until
 * others come, or for a moment.  Each send(), and each recv() of the answers,
 * costs more than the commands.
 */

#include "redis/ngx_smartmsg_redis_internal.h"


/* of a buffer at first, the least that is read at once, and at rest */

#define NGX_SMARTMSG_REDIS_BUF_SIZE   16384
#define NGX_SMARTMSG_REDIS_READ_SIZE  4096
#define NGX_SMARTMSG_REDIS_REST_SIZE  65536


static void ngx_smartmsg_redis_read_handler(ngx_event_t *rev);
static void ngx_smartmsg_redis_write_handler(ngx_event_t *wev);
static void ngx_smartmsg_redis_lazy_handler(ngx_event_t *ev);
static ngx_int_t ngx_smartmsg_redis_recv(ngx_smartmsg_redis_t *redis);
static ngx_int_t ngx_smartmsg_redis_replies(ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_empty(ngx_buf_t *b);


void
ngx_smartmsg_redis_stream_init(ngx_smartmsg_redis_t *redis)
{
    redis->adapter.read = ngx_smartmsg_redis_read_handler;
    redis->adapter.write = ngx_smartmsg_redis_write_handler;

    redis->lazy.handler = ngx_smartmsg_redis_lazy_handler;
    redis->lazy.data = &redis->dummy;
    redis->lazy.log = redis->log;
    redis->lazy.cancelable = 1;
}


void
ngx_smartmsg_redis_stream_end(ngx_smartmsg_redis_t *redis)
{
    if (redis->lazy.timer_set) {
        ngx_del_timer(&redis->lazy);
    }

    if (redis->in.start) {
        ngx_free(redis->in.start);
    }

    if (redis->out.start) {
        ngx_free(redis->out.start);
    }

    ngx_memzero(&redis->in, sizeof(ngx_buf_t));
    ngx_memzero(&redis->out, sizeof(ngx_buf_t));

    smartmsg_resp_free(&redis->parser);

    redis->greeting = 0;
}


/*
 * What has been written or read is not kept: nothing is moved as long as the
 * buffer is emptied now and then.
 */

ngx_int_t
ngx_smartmsg_redis_room(ngx_smartmsg_redis_t *redis, ngx_buf_t *b,
    size_t size)
{
    size_t   used, alloc;
    u_char  *p;

    if ((size_t) (b->end - b->last) >= size) {
        return NGX_OK;
    }

    used = b->last - b->pos;
    alloc = b->end - b->start;
    p = b->start;

    if (used + size > alloc / 2) {

        for (alloc = ngx_max(alloc, NGX_SMARTMSG_REDIS_BUF_SIZE / 2) * 2;
             alloc < used + size;
             alloc *= 2)
        {
            /* void */
        }

        p = ngx_alloc(alloc, redis->log);
        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    if (used) {
        ngx_memmove(p, b->pos, used);
    }

    if (b->start && b->start != p) {
        ngx_free(b->start);
    }

    b->start = p;
    b->pos = p;
    b->last = p + used;
    b->end = p + alloc;

    return NGX_OK;
}


void
ngx_smartmsg_redis_flush(ngx_smartmsg_redis_t *redis, ngx_uint_t lazy)
{
    ngx_event_t  *wev;

    wev = redis->adapter.connection->write;

    /* active: the socket is full, or connect() is not through yet */

    if (wev->active || wev->posted) {
        return;
    }

    if (lazy) {
        if (!redis->lazy.timer_set) {
            ngx_add_timer(&redis->lazy, NGX_SMARTMSG_REDIS_LAZY);
        }

        return;
    }

    if (redis->lazy.timer_set) {
        ngx_del_timer(&redis->lazy);
    }

    ngx_post_event(wev, &ngx_posted_events);
}


static void
ngx_smartmsg_redis_lazy_handler(ngx_event_t *ev)
{
    ngx_connection_t      *c;
    ngx_smartmsg_redis_t  *redis;

    c = ev->data;
    redis = c->data;

    ngx_smartmsg_redis_write_handler(redis->adapter.connection->write);
}


static void
ngx_smartmsg_redis_write_handler(ngx_event_t *wev)
{
    ngx_connection_t              *c;
    ngx_smartmsg_redis_t          *redis;
    ngx_smartmsg_redis_adapter_t  *adapter;

    c = wev->data;
    adapter = c->data;
    redis = adapter->data;

    redis->writes++;

    switch (ngx_smartmsg_redis_send(redis)) {

    case NGX_OK:
        if (wev->active) {
            (void) ngx_del_event(wev, NGX_WRITE_EVENT, 0);
        }

        break;

    case NGX_AGAIN:
        if (!wev->active) {
            (void) ngx_add_event(wev, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
        }

        break;

    default: /* NGX_ERROR */
        redisAsyncFree(adapter->ac);
    }
}


ngx_int_t
ngx_smartmsg_redis_send(ngx_smartmsg_redis_t *redis)
{
    size_t      size;
    ssize_t     n;
    ngx_err_t   err;
    ngx_buf_t  *out;

    out = &redis->out;

    for ( ;; ) {
        size = (redis->state == NGX_SMARTMSG_REDIS_READY)
               ? (size_t) (out->last - out->pos) : redis->greeting;

        if (size == 0) {
            break;
        }

        n = send(redis->adapter.connection->fd, out->pos, size, 0);

        if (n == -1) {
            err = ngx_socket_errno;

            if (err == NGX_EINTR) {
                continue;
            }

            if (err == NGX_EAGAIN) {
                return NGX_AGAIN;
            }

            ngx_smartmsg_redis_because(redis, strerror(err));
            return NGX_ERROR;
        }

        out->pos += n;
        redis->greeting -= ngx_min(redis->greeting, (size_t) n);
    }

    if (out->pos == out->last) {
        ngx_smartmsg_redis_empty(out);
    }

    return NGX_OK;
}


static void
ngx_smartmsg_redis_read_handler(ngx_event_t *rev)
{
    ngx_connection_t              *c;
    ngx_smartmsg_redis_t          *redis;
    ngx_smartmsg_redis_adapter_t  *adapter;

    c = rev->data;
    adapter = c->data;
    redis = adapter->data;

    if (c->close) {
        ngx_smartmsg_redis_shutdown(redis);
        return;
    }

    ngx_smartmsg_redis_read(redis);
}


void
ngx_smartmsg_redis_read(ngx_smartmsg_redis_t *redis)
{
    ngx_int_t  rc;

    if (redis->reading) {
        return;
    }

    redis->reading = 1;

    rc = ngx_smartmsg_redis_recv(redis);

    if (rc == NGX_OK) {
        redis->last_heard = ngx_current_msec;

        rc = ngx_smartmsg_redis_replies(redis);
    }

    redis->reading = 0;

    if (rc == NGX_ERROR) {
        redisAsyncFree(redis->adapter.ac);
    }
}


static ngx_int_t
ngx_smartmsg_redis_recv(ngx_smartmsg_redis_t *redis)
{
    ssize_t     n;
    ngx_err_t   err;
    ngx_buf_t  *in;

    in = &redis->in;

    if (ngx_smartmsg_redis_room(redis, in, NGX_SMARTMSG_REDIS_READ_SIZE)
        != NGX_OK)
    {
        ngx_smartmsg_redis_because(redis, "not enough memory");
        return NGX_ERROR;
    }

    do {
        n = recv(redis->adapter.connection->fd, in->last, in->end - in->last,
                 0);
        err = ngx_socket_errno;

    } while (n == -1 && err == NGX_EINTR);

    if (n > 0) {
        in->last += n;
        return NGX_OK;
    }

    if (n == 0) {
        redis->eof = 1;
        ngx_smartmsg_redis_because(redis, "Server closed the connection");
        return NGX_ERROR;
    }

    if (err == NGX_EAGAIN) {
        return NGX_AGAIN;
    }

    ngx_smartmsg_redis_because(redis, strerror(err));

    return NGX_ERROR;
}


static ngx_int_t
ngx_smartmsg_redis_replies(ngx_smartmsg_redis_t *redis)
{
    size_t                   used;
    ngx_buf_t               *in;
    smartmsg_resp_t         *reply;
    smartmsg_resp_result_e   result;

    in = &redis->in;

    while (in->pos < in->last) {
        result = smartmsg_resp_parse(&redis->parser, (char *) in->pos,
                                     in->last - in->pos, &reply, &used);

        if (result == SMARTMSG_RESP_MORE) {
            return NGX_OK;
        }

        if (result != SMARTMSG_RESP_DONE) {
            ngx_smartmsg_redis_because(redis, smartmsg_resp_reason(result));
            return NGX_ERROR;
        }

        in->pos += used;

        ngx_smartmsg_redis_answer(redis, reply);

        if (redis->doomed) {
            return NGX_ERROR;
        }
    }

    if (in->end - in->start > NGX_SMARTMSG_REDIS_REST_SIZE) {
        smartmsg_resp_free(&redis->parser);
    }

    ngx_smartmsg_redis_empty(in);

    return NGX_OK;
}


/* memory that one large reply or command has needed is given back */

static void
ngx_smartmsg_redis_empty(ngx_buf_t *b)
{
    if (b->end - b->start > NGX_SMARTMSG_REDIS_REST_SIZE) {
        ngx_free(b->start);
        ngx_memzero(b, sizeof(ngx_buf_t));
        return;
    }

    b->pos = b->start;
    b->last = b->start;
}
