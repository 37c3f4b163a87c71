/*
 * hiredis' hooks on nginx's events.
 *
 * Reading is level-triggered: hiredis reads 16 KB once and never learns that
 * there is more.  The write event is posted rather than added, so that all
 * commands of one turn of the loop leave in one write; it is added only for
 * connect() and when the socket takes no more.  Lazy commands do not even
 * post it: they stay in hiredis' buffer until others come, or for a moment.
 * Each write(), and each read() of the answers, costs more than the commands.
 *
 * After any call into hiredis the context may be gone; the adapter, which
 * belongs to the owner, is not.
 */

#include "redis/ngx_smartmsg_redis_adapter.h"


static void ngx_smartmsg_redis_read_handler(ngx_event_t *rev);
static void ngx_smartmsg_redis_write_handler(ngx_event_t *wev);
static void ngx_smartmsg_redis_lazy_handler(ngx_event_t *ev);
static void ngx_smartmsg_redis_add_read(void *data);
static void ngx_smartmsg_redis_del_read(void *data);
static void ngx_smartmsg_redis_add_write(void *data);
static void ngx_smartmsg_redis_del_write(void *data);
static void ngx_smartmsg_redis_cleanup(void *data);


ngx_int_t
ngx_smartmsg_redis_attach(ngx_smartmsg_redis_adapter_t *adapter,
    redisAsyncContext *ac, ngx_log_t *log)
{
    ngx_connection_t  *c;

    if (adapter->ac || ac->ev.data) {
        return NGX_ERROR;
    }

    /* ngx_get_connection() would complain with an alert */

    if (ngx_cycle->free_connection_n == 0
        && ngx_cycle->reusable_connections_n == 0)
    {
        return NGX_ERROR;
    }

    c = ngx_get_connection(ac->c.fd, log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->data = adapter;

    c->read->handler = ngx_smartmsg_redis_read_handler;
    c->read->log = log;
    c->write->handler = ngx_smartmsg_redis_write_handler;
    c->write->log = log;

    adapter->ac = ac;
    adapter->connection = c;
    adapter->last_heard = ngx_current_msec;
    adapter->connected = 0;
    adapter->writing = 0;

    /* nginx with debugging looks at the connection of a timer */

    adapter->dummy.fd = (ngx_socket_t) -1;
    adapter->dummy.data = adapter;

    adapter->timer.handler = ngx_smartmsg_redis_lazy_handler;
    adapter->timer.data = &adapter->dummy;
    adapter->timer.log = log;
    adapter->timer.cancelable = 1;

    ac->ev.data = adapter;
    ac->ev.addRead = ngx_smartmsg_redis_add_read;
    ac->ev.delRead = ngx_smartmsg_redis_del_read;
    ac->ev.addWrite = ngx_smartmsg_redis_add_write;
    ac->ev.delWrite = ngx_smartmsg_redis_del_write;
    ac->ev.cleanup = ngx_smartmsg_redis_cleanup;

    return NGX_OK;
}


static void
ngx_smartmsg_redis_read_handler(ngx_event_t *rev)
{
    ngx_connection_t              *c;
    ngx_smartmsg_redis_adapter_t  *adapter;

    c = rev->data;
    adapter = c->data;

    if (c->close) {
        adapter->shutdown(adapter->data);
        return;
    }

    adapter->last_heard = ngx_current_msec;

    redisAsyncHandleRead(adapter->ac);
}


void
ngx_smartmsg_redis_read_now(ngx_smartmsg_redis_adapter_t *adapter)
{
    if (adapter->ac && !(adapter->ac->c.flags & REDIS_IN_CALLBACK)) {
        redisAsyncHandleRead(adapter->ac);
    }
}


static void
ngx_smartmsg_redis_write_handler(ngx_event_t *wev)
{
    ngx_connection_t              *c;
    ngx_smartmsg_redis_adapter_t  *adapter;

    c = wev->data;
    adapter = c->data;

    /*
     * Until connect() is through the event is never posted by us: hiredis
     * would take a socket without an error for a connected one.
     */

    if (!adapter->connected) {
        adapter->connected = 1;
        adapter->last_heard = ngx_current_msec;
    }

    adapter->writing = 1;
    adapter->writes++;

    redisAsyncHandleWrite(adapter->ac);

    adapter->writing = 0;
}


static void
ngx_smartmsg_redis_lazy_handler(ngx_event_t *ev)
{
    ngx_connection_t              *c;
    ngx_smartmsg_redis_adapter_t  *adapter;

    c = ev->data;
    adapter = c->data;

    ngx_smartmsg_redis_write_handler(adapter->connection->write);
}


static void
ngx_smartmsg_redis_add_read(void *data)
{
    ngx_smartmsg_redis_adapter_t  *adapter = data;

    ngx_event_t  *rev;

    rev = adapter->connection->read;

    /* if it fails no reply will arrive, which the deadline notices */

    if (!rev->active) {
        (void) ngx_add_event(rev, NGX_READ_EVENT, NGX_LEVEL_EVENT);
    }
}


static void
ngx_smartmsg_redis_del_read(void *data)
{
    ngx_smartmsg_redis_adapter_t  *adapter = data;

    ngx_event_t  *rev;

    rev = adapter->connection->read;

    if (rev->active) {
        (void) ngx_del_event(rev, NGX_READ_EVENT, 0);
    }
}


static void
ngx_smartmsg_redis_add_write(void *data)
{
    ngx_smartmsg_redis_adapter_t  *adapter = data;

    ngx_event_t  *wev;

    wev = adapter->connection->write;

    if (wev->active || wev->posted) {
        return;
    }

    /* asked for while writing: the socket is full */

    if (!adapter->connected || adapter->writing) {
        (void) ngx_add_event(wev, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
        return;
    }

    if (adapter->lazy) {
        if (!adapter->timer.timer_set) {
            ngx_add_timer(&adapter->timer, NGX_SMARTMSG_REDIS_LAZY);
        }

        return;
    }

    if (adapter->timer.timer_set) {
        ngx_del_timer(&adapter->timer);
    }

    ngx_post_event(wev, &ngx_posted_events);
}


static void
ngx_smartmsg_redis_del_write(void *data)
{
    ngx_smartmsg_redis_adapter_t  *adapter = data;

    ngx_event_t  *wev;

    wev = adapter->connection->write;

    if (wev->active) {
        (void) ngx_del_event(wev, NGX_WRITE_EVENT, 0);
    }
}


static void
ngx_smartmsg_redis_cleanup(void *data)
{
    ngx_smartmsg_redis_adapter_t  *adapter = data;

    ngx_connection_t   *c;
    redisAsyncContext  *ac;

    ac = adapter->ac;
    c = adapter->connection;

    adapter->ac = NULL;
    adapter->connection = NULL;

    /* hiredis closes the socket itself, right after this */

    if (c->read->active) {
        (void) ngx_del_event(c->read, NGX_READ_EVENT, NGX_CLOSE_EVENT);
    }

    if (c->write->active) {
        (void) ngx_del_event(c->write, NGX_WRITE_EVENT, NGX_CLOSE_EVENT);
    }

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    if (adapter->timer.timer_set) {
        ngx_del_timer(&adapter->timer);
    }

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);

    c->fd = (ngx_socket_t) -1;

    ac->ev.data = NULL;

    adapter->gone(adapter->data, ac);
}
