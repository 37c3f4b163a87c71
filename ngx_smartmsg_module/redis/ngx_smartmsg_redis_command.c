/*
 * Commands on a connection: a ticket for each one, or for a group of them,
 * from the call until the last reply.
 */

#include "redis/ngx_smartmsg_redis_internal.h"
#include "core/sink.h"


/* between two complaints about error replies, seconds */

#define NGX_SMARTMSG_REDIS_COMPLAINTS  60

/* tickets that are kept for further commands */

#define NGX_SMARTMSG_REDIS_SPARE  256

/* what an argument needs besides its bytes: a sign, a length, two line ends */

#define NGX_SMARTMSG_REDIS_ARGUMENT  (1 + NGX_SIZE_T_LEN + 2 + 2)


static ngx_uint_t ngx_smartmsg_redis_takes(ngx_smartmsg_redis_t *redis,
    const char *name);
static ngx_uint_t ngx_smartmsg_redis_full(ngx_smartmsg_redis_t *redis);
static ngx_int_t ngx_smartmsg_redis_append(ngx_smartmsg_redis_t *redis,
    int argc, const char **argv, const size_t *argvlen);
static u_char *ngx_smartmsg_redis_number(u_char *p, u_char sign, size_t n);
static ngx_smartmsg_redis_ticket_t *ngx_smartmsg_redis_ticket(
    ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_await(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_ticket_t *ticket, ngx_smartmsg_redis_reply_pt cb,
    void *data, const char *name);
static void ngx_smartmsg_redis_leave(ngx_smartmsg_redis_t *redis,
    ngx_uint_t lazy);
static ngx_smartmsg_redis_ticket_t *ngx_smartmsg_redis_oldest(
    ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_finish(ngx_smartmsg_redis_ticket_t *ticket,
    smartmsg_resp_t *reply);
static void ngx_smartmsg_redis_forget(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_ticket_t *ticket);


ngx_int_t
ngx_smartmsg_redis_command(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, ngx_uint_t lazy, int argc,
    const char **argv, const size_t *argvlen,
    ngx_smartmsg_redis_ticket_t **ticket)
{
    ngx_int_t                     rc;
    ngx_smartmsg_redis_ticket_t  *t;

    rc = NGX_DECLINED;

    if (!ngx_smartmsg_redis_takes(redis, argv[0])) {
        goto refused;
    }

    t = ngx_smartmsg_redis_ask(redis, cb, data, argc, argv, argvlen);
    if (t == NULL) {
        rc = NGX_ERROR;
        goto refused;
    }

    ngx_smartmsg_redis_leave(redis, lazy);

    if (ticket) {
        *ticket = t;
    }

    return NGX_OK;

refused:

    if (cb == NULL) {
        redis->lost++;
    }

    return rc;
}


ngx_int_t
ngx_smartmsg_redis_group(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, ngx_uint_t lazy,
    ngx_smartmsg_redis_group_t *group, ngx_smartmsg_redis_ticket_t **ticket)
{
    ngx_int_t                     rc;
    ngx_buf_t                    *out;
    ngx_smartmsg_redis_ticket_t  *t;

    rc = NGX_DECLINED;

    if (!ngx_smartmsg_redis_takes(redis, group->name)) {
        goto refused;
    }

    rc = NGX_ERROR;
    out = &redis->out;

    if (ngx_smartmsg_redis_room(redis, out, group->len) != NGX_OK) {
        goto refused;
    }

    t = ngx_smartmsg_redis_ticket(redis);
    if (t == NULL) {
        goto refused;
    }

    out->last = ngx_cpymem(out->last, group->data, group->len);

    t->unheard = group->writes;
    t->heard = group->queries;

    ngx_smartmsg_redis_await(redis, t, cb, data, group->name);
    ngx_smartmsg_redis_leave(redis, lazy);

    if (ticket) {
        *ticket = t;
    }

    return NGX_OK;

refused:

    redis->lost += group->writes;

    return rc;
}


ngx_smartmsg_redis_ticket_t *
ngx_smartmsg_redis_ask(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, int argc, const char **argv,
    const size_t *argvlen)
{
    ngx_smartmsg_redis_ticket_t  *ticket;

    ticket = ngx_smartmsg_redis_ticket(redis);
    if (ticket == NULL) {
        return NULL;
    }

    if (ngx_smartmsg_redis_append(redis, argc, argv, argvlen) != NGX_OK) {
        ngx_free(ticket);
        return NULL;
    }

    ticket->unheard = (cb == NULL);
    ticket->heard = (cb != NULL);

    ngx_smartmsg_redis_await(redis, ticket, cb, data, argv[0]);

    return ticket;
}


void
ngx_smartmsg_redis_cancel(ngx_smartmsg_redis_ticket_t *ticket)
{
    ticket->cancelled = 1;
}


void
ngx_smartmsg_redis_poll(ngx_smartmsg_redis_ticket_t *ticket)
{
    ngx_smartmsg_redis_t  *redis;

    redis = ticket->redis;

    /* no answer to what has not left yet */

    if (redis->state == NGX_SMARTMSG_REDIS_READY
        && redis->writes != ticket->writes)
    {
        ngx_smartmsg_redis_read(redis);
    }
}


const char *
ngx_smartmsg_redis_error(smartmsg_resp_t *reply)
{
    if (reply == NULL) {
        return "connection lost";
    }

    return reply->type == SMARTMSG_RESP_ERROR ? reply->str
                                              : "unexpected reply";
}


/* whether a command may be sent now */

static ngx_uint_t
ngx_smartmsg_redis_takes(ngx_smartmsg_redis_t *redis, const char *name)
{
    if (redis->state == NGX_SMARTMSG_REDIS_IDLE && !redis->closing) {
        ngx_smartmsg_redis_start(redis);
    }

    if (!ngx_smartmsg_redis_ready(redis) || redis->closing) {
        return 0;
    }

    if (!ngx_smartmsg_redis_full(redis)) {
        return 1;
    }

    if (redis->state == NGX_SMARTMSG_REDIS_READY) {
        ngx_smartmsg_redis_complain(redis, "too many commands in flight",
                                    name);
    }

    return 0;
}


static ngx_uint_t
ngx_smartmsg_redis_full(ngx_smartmsg_redis_t *redis)
{
    size_t  size;

    size = redis->out.last - redis->out.pos;

    if (redis->state == NGX_SMARTMSG_REDIS_READY) {
        return redis->ninflight >= NGX_SMARTMSG_REDIS_MAX_INFLIGHT
               || size >= NGX_SMARTMSG_REDIS_MAX_SIZE;
    }

    return redis->ninflight >= NGX_SMARTMSG_REDIS_MAX_HELD
           || size >= NGX_SMARTMSG_REDIS_MAX_HELD_SIZE;
}


/*
 * Writes the command in Redis' protocol, behind those that have not left.
 */

static ngx_int_t
ngx_smartmsg_redis_append(ngx_smartmsg_redis_t *redis, int argc,
    const char **argv, const size_t *argvlen)
{
    int      i;
    size_t   size;
    u_char  *p;

    size = NGX_SMARTMSG_REDIS_ARGUMENT * (argc + 1);

    for (i = 0; i < argc; i++) {
        size += argvlen[i];
    }

    if (ngx_smartmsg_redis_room(redis, &redis->out, size) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_smartmsg_redis_number(redis->out.last, '*', argc);

    for (i = 0; i < argc; i++) {
        p = ngx_smartmsg_redis_number(p, '$', argvlen[i]);
        p = ngx_cpymem(p, argv[i], argvlen[i]);
        *p++ = CR;
        *p++ = LF;
    }

    redis->out.last = p;

    return NGX_OK;
}


static u_char *
ngx_smartmsg_redis_number(u_char *p, u_char sign, size_t n)
{
    smartmsg_sink_t  sink;

    *p++ = sign;

    sink.out = (char *) p;
    sink.len = 0;

    smartmsg_sink_number(&sink, n);

    p += sink.len;

    *p++ = CR;
    *p++ = LF;

    return p;
}


/* one that was used before, if there is one */

static ngx_smartmsg_redis_ticket_t *
ngx_smartmsg_redis_ticket(ngx_smartmsg_redis_t *redis)
{
    ngx_queue_t  *q;

    if (ngx_queue_empty(&redis->spare)) {
        return ngx_alloc(sizeof(ngx_smartmsg_redis_ticket_t), redis->log);
    }

    q = ngx_queue_head(&redis->spare);
    ngx_queue_remove(q);
    redis->nspare--;

    return ngx_queue_data(q, ngx_smartmsg_redis_ticket_t, queue);
}


/* behind the commands, whose text is in the buffer */

static void
ngx_smartmsg_redis_await(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_ticket_t *ticket, ngx_smartmsg_redis_reply_pt cb,
    void *data, const char *name)
{
    ticket->redis = redis;
    ticket->cb = cb;
    ticket->data = data;
    ticket->sent = ngx_current_msec;
    ticket->writes = redis->writes;
    ticket->name = name;
    ticket->cancelled = 0;

    ngx_queue_insert_tail(&redis->inflight, &ticket->queue);
    redis->ninflight += ticket->unheard + ticket->heard;
}


/* what is held back leaves when the server has answered */

static void
ngx_smartmsg_redis_leave(ngx_smartmsg_redis_t *redis, ngx_uint_t lazy)
{
    if (redis->state != NGX_SMARTMSG_REDIS_READY) {
        return;
    }

    ngx_smartmsg_redis_flush(redis, lazy);

    if (!redis->timer.timer_set) {
        ngx_add_timer(&redis->timer, redis->conf->timeout);
    }
}


/* NULL: nothing is in flight */

static ngx_smartmsg_redis_ticket_t *
ngx_smartmsg_redis_oldest(ngx_smartmsg_redis_t *redis)
{
    ngx_queue_t  *q;

    if (ngx_queue_empty(&redis->inflight)) {
        return NULL;
    }

    q = ngx_queue_head(&redis->inflight);

    return ngx_queue_data(q, ngx_smartmsg_redis_ticket_t, queue);
}


ngx_msec_int_t
ngx_smartmsg_redis_reply_left(ngx_smartmsg_redis_t *redis)
{
    ngx_msec_t                    since;
    ngx_queue_t                  *q;
    ngx_smartmsg_redis_ticket_t  *ticket;

    q = ngx_queue_head(&redis->inflight);
    ticket = ngx_queue_data(q, ngx_smartmsg_redis_ticket_t, queue);

    /* a server that is sending something large is alive */

    since = ticket->sent;

    if ((ngx_msec_int_t) (redis->last_heard - since) > 0) {
        since = redis->last_heard;
    }

    return (ngx_msec_int_t) (since + redis->conf->timeout - ngx_current_msec);
}


void
ngx_smartmsg_redis_answer(ngx_smartmsg_redis_t *redis, smartmsg_resp_t *reply)
{
    ngx_smartmsg_redis_ticket_t  *ticket;

    if (reply->type == SMARTMSG_RESP_PUSH) {
        if (redis->push) {
            redis->push(redis->push_data, reply);
        }

        return;
    }

    ticket = ngx_smartmsg_redis_oldest(redis);

    if (ticket) {
        ngx_smartmsg_redis_finish(ticket, reply);
        return;
    }

    /* nobody has asked: it is no Redis, or says why it will not serve us */

    ngx_smartmsg_redis_doom(redis, ngx_smartmsg_redis_error(reply));
}


void
ngx_smartmsg_redis_fail(ngx_smartmsg_redis_t *redis)
{
    ngx_smartmsg_redis_ticket_t  *ticket;

    while ((ticket = ngx_smartmsg_redis_oldest(redis)) != NULL) {
        ngx_smartmsg_redis_finish(ticket, NULL);
    }
}


/* one command of a ticket, and with the last one the ticket */

static void
ngx_smartmsg_redis_finish(ngx_smartmsg_redis_ticket_t *ticket,
    smartmsg_resp_t *reply)
{
    void                         *data;
    ngx_smartmsg_redis_t         *redis;
    ngx_smartmsg_redis_reply_pt   cb;

    redis = ticket->redis;
    redis->ninflight--;

    cb = NULL;
    data = ticket->data;

    if (ticket->unheard) {
        ticket->unheard--;

        if (reply == NULL) {
            redis->lost++;

        } else if (reply->type == SMARTMSG_RESP_ERROR) {
            ngx_smartmsg_redis_complain(redis, reply->str, ticket->name);
        }

    } else {
        ticket->heard--;

        if (!ticket->cancelled) {
            cb = ticket->cb;
        }
    }

    if (ticket->unheard + ticket->heard == 0) {
        ngx_smartmsg_redis_forget(redis, ticket);
    }

    if (cb) {
        cb(data, reply);
    }
}


static void
ngx_smartmsg_redis_forget(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_ticket_t *ticket)
{
    ngx_queue_remove(&ticket->queue);

    if (redis->nspare < NGX_SMARTMSG_REDIS_SPARE) {
        ngx_queue_insert_head(&redis->spare, &ticket->queue);
        redis->nspare++;

    } else {
        ngx_free(ticket);
    }
}


void
ngx_smartmsg_redis_complain(ngx_smartmsg_redis_t *redis, const char *reason,
    const char *name)
{
    if (redis->complained
        && ngx_time() - redis->complained < NGX_SMARTMSG_REDIS_COMPLAINTS)
    {
        return;
    }

    redis->complained = ngx_time();

    ngx_log_error(NGX_LOG_ERR, redis->log, 0,
                  "smartmsg: redis %V: %s: %s "
                  "(further errors are not logged for %d s)",
                  &redis->conf->name, name, reason,
                  NGX_SMARTMSG_REDIS_COMPLAINTS);
}
