/*
 * hiredis' hooks on nginx's events.
 *
 * After any call into hiredis the context may be gone; the adapter, which
 * belongs to the owner, is not.
 */

#include "redis/ngx_smartmsg_redis_adapter.h"


static void ngx_smartmsg_redis_connect_handler(ngx_event_t *wev);
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

    c->read->handler = adapter->read;
    c->read->log = log;
    c->write->handler = ngx_smartmsg_redis_connect_handler;
    c->write->log = log;

    adapter->ac = ac;
    adapter->connection = c;

    ac->ev.data = adapter;
    ac->ev.addRead = ngx_smartmsg_redis_add_read;
    ac->ev.delRead = ngx_smartmsg_redis_del_read;
    ac->ev.addWrite = ngx_smartmsg_redis_add_write;
    ac->ev.delWrite = ngx_smartmsg_redis_del_write;
    ac->ev.cleanup = ngx_smartmsg_redis_cleanup;

    /* what tells that connect() is through */

    ngx_smartmsg_redis_add_write(adapter);

    return NGX_OK;
}


/*
 * hiredis takes the socket for connected when it is writable and has no error.
 */

static void
ngx_smartmsg_redis_connect_handler(ngx_event_t *wev)
{
    ngx_connection_t              *c;
    ngx_smartmsg_redis_adapter_t  *adapter;

    c = wev->data;
    adapter = c->data;

    redisAsyncHandleWrite(adapter->ac);

    if (adapter->ac == NULL || !(adapter->ac->c.flags & REDIS_CONNECTED)) {
        return;
    }

    /* hiredis has nothing to write, and waits for answers */

    c->write->handler = adapter->write;

    adapter->connected(adapter->data);
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

    if (!wev->active) {
        (void) ngx_add_event(wev, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
    }
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

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);

    c->fd = (ngx_socket_t) -1;

    ac->ev.data = NULL;

    adapter->gone(adapter->data, ac);
}
