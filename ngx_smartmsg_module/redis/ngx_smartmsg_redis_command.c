/*
 * Commands on a connection: a ticket for each one, from the call until its
 * reply.
 */

#include "redis/ngx_smartmsg_redis_internal.h"


/* between two complaints about error replies, seconds */

#define NGX_SMARTMSG_REDIS_COMPLAINTS  60


static ngx_smartmsg_redis_ticket_t *ngx_smartmsg_redis_ticket(
    ngx_smartmsg_redis_t *redis, int argc, const char **argv,
    const size_t *argvlen);
static size_t ngx_smartmsg_redis_digits(size_t n);
static char *ngx_smartmsg_redis_number(char *p, char type, size_t n);
static ngx_int_t ngx_smartmsg_redis_hold(ngx_smartmsg_redis_ticket_t *ticket);
static ngx_int_t ngx_smartmsg_redis_send(ngx_smartmsg_redis_ticket_t *ticket);
static ngx_smartmsg_redis_ticket_t *ngx_smartmsg_redis_next_held(
    ngx_smartmsg_redis_t *redis);
static void ngx_smartmsg_redis_reply(redisAsyncContext *ac, void *reply,
    void *data);
static void ngx_smartmsg_redis_finish(ngx_smartmsg_redis_ticket_t *ticket,
    redisReply *reply);
static void ngx_smartmsg_redis_message(redisAsyncContext *ac, void *reply,
    void *data);


ngx_int_t
ngx_smartmsg_redis_command(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, ngx_uint_t lazy, int argc,
    const char **argv, const size_t *argvlen,
    ngx_smartmsg_redis_ticket_t **ticket)
{
    ngx_int_t                     rc;
    ngx_smartmsg_redis_ticket_t  *t;

    if (redis->state == NGX_SMARTMSG_REDIS_IDLE && !redis->closing) {
        ngx_smartmsg_redis_start(redis);
    }

    rc = NGX_DECLINED;

    if (!ngx_smartmsg_redis_ready(redis) || redis->closing) {
        goto refused;
    }

    if (redis->ninflight >= NGX_SMARTMSG_REDIS_MAX_INFLIGHT) {
        ngx_smartmsg_redis_complain(redis, "too many commands in flight",
                                    argv[0]);
        goto refused;
    }

    t = ngx_smartmsg_redis_ticket(redis, argc, argv, argvlen);
    if (t == NULL) {
        rc = NGX_ERROR;
        goto refused;
    }

    t->cb = cb;
    t->data = data;
    t->lazy = lazy;

    if (redis->state == NGX_SMARTMSG_REDIS_READY) {
        rc = ngx_smartmsg_redis_send(t);

    } else {
        rc = ngx_smartmsg_redis_hold(t);
    }

    if (rc != NGX_OK) {
        ngx_free(t);
        goto refused;
    }

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


void
ngx_smartmsg_redis_cancel(ngx_smartmsg_redis_ticket_t *ticket)
{
    ticket->cancelled = 1;
}


void
ngx_smartmsg_redis_poll(ngx_smartmsg_redis_ticket_t *ticket)
{
    ngx_uint_t             n;
    ngx_smartmsg_redis_t  *redis;

    redis = ticket->redis;

    /* no answer to what has not left yet */

    if (redis->state != NGX_SMARTMSG_REDIS_READY
        || redis->adapter.writes == ticket->writes)
    {
        return;
    }

    n = redis->ninflight;

    ngx_smartmsg_redis_read_now(&redis->adapter);

    if (redis->ninflight != n) {
        redis->adapter.last_heard = ngx_current_msec;
    }
}


ngx_int_t
ngx_smartmsg_redis_subscribe(ngx_smartmsg_redis_t *redis, ngx_str_t *channel,
    ngx_smartmsg_redis_reply_pt cb, void *data)
{
    if (redis->state != NGX_SMARTMSG_REDIS_READY) {
        return NGX_DECLINED;
    }

    redis->message = cb;
    redis->message_data = data;

    if (redisAsyncCommand(redis->adapter.ac, ngx_smartmsg_redis_message,
                          redis, "SUBSCRIBE %b", channel->data, channel->len)
        != REDIS_OK)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


const char *
ngx_smartmsg_redis_error(redisReply *reply)
{
    if (reply == NULL) {
        return "connection lost";
    }

    return reply->type == REDIS_REPLY_ERROR ? reply->str : "unexpected reply";
}


/*
 * The ticket, and behind it the command in Redis' protocol.  hiredis could
 * write it, but takes ten times as long for that as for all the rest.
 */

static ngx_smartmsg_redis_ticket_t *
ngx_smartmsg_redis_ticket(ngx_smartmsg_redis_t *redis, int argc,
    const char **argv, const size_t *argvlen)
{
    int                           i;
    char                         *p;
    size_t                        len;
    ngx_smartmsg_redis_ticket_t  *ticket;

    len = ngx_smartmsg_redis_digits(argc);

    for (i = 0; i < argc; i++) {
        len += ngx_smartmsg_redis_digits(argvlen[i]) + argvlen[i] + 2;
    }

    ticket = ngx_alloc(sizeof(ngx_smartmsg_redis_ticket_t) + len, redis->log);
    if (ticket == NULL) {
        return NULL;
    }

    ngx_memzero(ticket, sizeof(ngx_smartmsg_redis_ticket_t));

    ticket->redis = redis;
    ticket->sent = ngx_current_msec;
    ticket->text = (char *) (ticket + 1);
    ticket->len = len;

    p = ngx_smartmsg_redis_number(ticket->text, '*', argc);

    for (i = 0; i < argc; i++) {
        p = ngx_smartmsg_redis_number(p, '$', argvlen[i]);
        p = (char *) ngx_cpymem(p, argv[i], argvlen[i]);
        *p++ = CR;
        *p++ = LF;
    }

    ngx_cpystrn((u_char *) ticket->name, (u_char *) argv[0],
                ngx_min(argvlen[0] + 1, sizeof(ticket->name)));

    return ticket;
}


/* length of the line that ngx_smartmsg_redis_number() writes */

static size_t
ngx_smartmsg_redis_digits(size_t n)
{
    size_t  len;

    for (len = sizeof("*0" CRLF) - 1; n > 9; n /= 10) {
        len++;
    }

    return len;
}


static char *
ngx_smartmsg_redis_number(char *p, char type, size_t n)
{
    char    *digit;
    size_t   len;

    len = ngx_smartmsg_redis_digits(n);

    *p = type;

    for (digit = p + len - 3; digit > p; digit--) {
        *digit = (char) ('0' + n % 10);
        n /= 10;
    }

    p[len - 2] = CR;
    p[len - 1] = LF;

    return p + len;
}


static ngx_int_t
ngx_smartmsg_redis_hold(ngx_smartmsg_redis_ticket_t *ticket)
{
    ngx_smartmsg_redis_t  *redis;

    redis = ticket->redis;

    if (redis->nheld >= NGX_SMARTMSG_REDIS_MAX_HELD
        || ticket->len > NGX_SMARTMSG_REDIS_MAX_HELD_SIZE - redis->held_size)
    {
        return NGX_DECLINED;
    }

    ngx_queue_insert_tail(&redis->held, &ticket->queue);
    redis->nheld++;
    redis->held_size += ticket->len;

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_redis_send(ngx_smartmsg_redis_ticket_t *ticket)
{
    int                    rc;
    ngx_smartmsg_redis_t  *redis;

    redis = ticket->redis;

    redis->adapter.lazy = ticket->lazy;

    rc = redisAsyncFormattedCommand(redis->adapter.ac,
                                    ngx_smartmsg_redis_reply, ticket,
                                    ticket->text, ticket->len);

    redis->adapter.lazy = 0;

    /* refused while hiredis takes the connection down */

    if (rc != REDIS_OK) {
        return NGX_DECLINED;
    }

    ticket->sent = ngx_current_msec;
    ticket->writes = redis->adapter.writes;

    ngx_queue_insert_tail(&redis->inflight, &ticket->queue);
    redis->ninflight++;

    if (!redis->timer.timer_set) {
        ngx_add_timer(&redis->timer, redis->conf->timeout);
    }

    return NGX_OK;
}


void
ngx_smartmsg_redis_send_held(ngx_smartmsg_redis_t *redis)
{
    ngx_smartmsg_redis_ticket_t  *ticket;

    while ((ticket = ngx_smartmsg_redis_next_held(redis)) != NULL) {

        if (ngx_smartmsg_redis_send(ticket) != NGX_OK) {
            ngx_smartmsg_redis_finish(ticket, NULL);
        }
    }
}


void
ngx_smartmsg_redis_fail_held(ngx_smartmsg_redis_t *redis)
{
    ngx_smartmsg_redis_ticket_t  *ticket;

    while ((ticket = ngx_smartmsg_redis_next_held(redis)) != NULL) {
        ngx_smartmsg_redis_finish(ticket, NULL);
    }
}


/* takes it out of the queue; NULL: there is none */

static ngx_smartmsg_redis_ticket_t *
ngx_smartmsg_redis_next_held(ngx_smartmsg_redis_t *redis)
{
    ngx_queue_t                  *q;
    ngx_smartmsg_redis_ticket_t  *ticket;

    if (ngx_queue_empty(&redis->held)) {
        return NULL;
    }

    q = ngx_queue_head(&redis->held);
    ngx_queue_remove(q);

    ticket = ngx_queue_data(q, ngx_smartmsg_redis_ticket_t, queue);

    redis->nheld--;
    redis->held_size -= ticket->len;

    return ticket;
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

    if ((ngx_msec_int_t) (redis->adapter.last_heard - since) > 0) {
        since = redis->adapter.last_heard;
    }

    return (ngx_msec_int_t) (since + redis->conf->timeout - ngx_current_msec);
}


static void
ngx_smartmsg_redis_reply(redisAsyncContext *ac, void *reply, void *data)
{
    ngx_smartmsg_redis_ticket_t *ticket = data;

    ngx_smartmsg_redis_t  *redis;

    (void) ac;

    redis = ticket->redis;

    ngx_queue_remove(&ticket->queue);
    redis->ninflight--;

    if (reply == NULL) {
        redis->broken = 1;
    }

    ngx_smartmsg_redis_finish(ticket, reply);
}


static void
ngx_smartmsg_redis_finish(ngx_smartmsg_redis_ticket_t *ticket,
    redisReply *reply)
{
    void                         *data;
    ngx_smartmsg_redis_reply_pt   cb;

    cb = ticket->cancelled ? NULL : ticket->cb;
    data = ticket->data;

    if (ticket->cb == NULL) {
        if (reply == NULL) {
            ticket->redis->lost++;

        } else if (reply->type == REDIS_REPLY_ERROR) {
            ngx_smartmsg_redis_complain(ticket->redis, reply->str,
                                        ticket->name);
        }
    }

    ngx_free(ticket);

    if (cb) {
        cb(data, reply);
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


static void
ngx_smartmsg_redis_message(redisAsyncContext *ac, void *reply, void *data)
{
    ngx_smartmsg_redis_t *redis = data;

    (void) ac;

    if (reply) {
        redis->message(redis->message_data, reply);
    }
}
