/*
 * hiredis' asynchronous context on nginx's event loop.  hiredis makes the
 * connection and ends it; what goes over it is the owner's business.
 */

#ifndef _NGX_SMARTMSG_REDIS_ADAPTER_H_INCLUDED_
#define _NGX_SMARTMSG_REDIS_ADAPTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include <hiredis/hiredis.h>
#include <hiredis/async.h>


/*
 * One adapter serves one context at a time.  It is embedded in its owner,
 * has to be zeroed first, and may be attached again once "gone" has been
 * called.  The owner sets data and the handlers before attaching.
 */

typedef struct {
    /* NULL when no context is attached */
    redisAsyncContext            *ac;
    ngx_connection_t             *connection;

    void                         *data;

    /*
     * Of the connection, whose data is the adapter.  Reading is
     * level-triggered; "read" also runs, with c->close, when nginx wants the
     * connection closed (worker_shutdown_timeout is over).  "write" runs only
     * after "connected".
     */
    ngx_event_handler_pt          read;
    ngx_event_handler_pt          write;

    /*
     * connect() is through.  Called from the event loop, once for each
     * context that comes so far.
     */
    void                        (*connected)(void *data);

    /*
     * The context is being freed by hiredis, for whatever reason; the socket
     * is closed right after.  Runs inside hiredis: no other context may be
     * attached or freed from here.
     */
    void                        (*gone)(void *data, redisAsyncContext *ac);
} ngx_smartmsg_redis_adapter_t;


/*
 * Puts a context that has just been created, and is without error, on the
 * event loop.  From here on the adapter knows when the context ends.
 *
 * Returns NGX_ERROR when nginx has no free connection or hooks are set
 * already; the context is then still the caller's to free, and "gone" is
 * not called.
 */

ngx_int_t ngx_smartmsg_redis_attach(ngx_smartmsg_redis_adapter_t *adapter,
    redisAsyncContext *ac, ngx_log_t *log);


#endif /* _NGX_SMARTMSG_REDIS_ADAPTER_H_INCLUDED_ */
