/*
 * hiredis' asynchronous context on nginx's event loop: the "ev" hooks and
 * nothing else.
 */

#ifndef _NGX_SMARTMSG_REDIS_ADAPTER_H_INCLUDED_
#define _NGX_SMARTMSG_REDIS_ADAPTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include <hiredis/hiredis.h>
#include <hiredis/async.h>


/* how long a lazy write waits for company, milliseconds */

#define NGX_SMARTMSG_REDIS_LAZY  4


/*
 * One adapter serves one context at a time.  It is embedded in its owner,
 * has to be zeroed first, and may be attached again once "gone" has been
 * called.  The owner sets data, gone and shutdown before attaching.
 */

typedef struct {
    /* NULL when no context is attached */
    redisAsyncContext            *ac;
    ngx_connection_t             *connection;

    /* of a write that waits for company */
    ngx_event_t                   timer;
    ngx_connection_t              dummy;

    /*
     * ngx_current_msec of the last sign of life: the socket was readable,
     * connect() came through; at first the time of attaching
     */
    ngx_msec_t                    last_heard;

    /* how often commands were given to the socket */
    ngx_uint_t                    writes;

    void                         *data;

    /*
     * The context is being freed by hiredis, for whatever reason: its
     * callbacks have run already, the socket is closed right after.  Runs
     * inside hiredis: no other context may be attached or freed from here.
     */
    void                        (*gone)(void *data, redisAsyncContext *ac);

    /*
     * nginx wants the connection closed (worker_shutdown_timeout is over).
     * The owner frees the context, and does not connect again.
     */
    void                        (*shutdown)(void *data);

    /* connect() is through */
    unsigned                      connected:1;

    /* hiredis is writing to the socket right now */
    unsigned                      writing:1;

    /* the command that the owner is giving to hiredis may wait */
    unsigned                      lazy:1;
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

/*
 * Reads what may have come, without waiting for the event loop to tell.
 * Callbacks may run, and the context may be gone afterwards; from within a
 * callback nothing happens.
 */

void ngx_smartmsg_redis_read_now(ngx_smartmsg_redis_adapter_t *adapter);


#endif /* _NGX_SMARTMSG_REDIS_ADAPTER_H_INCLUDED_ */
