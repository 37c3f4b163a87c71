/*
 * The inside of a connection, shared by ngx_smartmsg_redis.c (its life),
 * ngx_smartmsg_redis_connect.c, ngx_smartmsg_redis_command.c (what is sent
 * over it) and ngx_smartmsg_redis_stream.c (how).
 */

#ifndef _NGX_SMARTMSG_REDIS_INTERNAL_H_INCLUDED_
#define _NGX_SMARTMSG_REDIS_INTERNAL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "redis/ngx_smartmsg_redis.h"
#include "redis/ngx_smartmsg_redis_adapter.h"


typedef enum {
    /* connects with the first command */
    NGX_SMARTMSG_REDIS_IDLE = 0,

    /* connect(), AUTH, SELECT, PING; the timer limits it */
    NGX_SMARTMSG_REDIS_CONNECTING,

    /* the server answers; the timer looks after overdue replies */
    NGX_SMARTMSG_REDIS_READY,

    /* the timer ends the back-off */
    NGX_SMARTMSG_REDIS_DOWN,

    /* for ever */
    NGX_SMARTMSG_REDIS_CLOSED
} ngx_smartmsg_redis_state_e;


struct ngx_smartmsg_redis_s {
    ngx_smartmsg_redis_conf_t      *conf;
    ngx_log_t                      *log;
    const char                     *role;

    ngx_smartmsg_redis_adapter_t    adapter;
    ngx_smartmsg_redis_state_e      state;

    /* index of the address in use */
    ngx_uint_t                      addr;

    /*
     * Tickets of commands without an answer yet, oldest first, and how many
     * commands these are; and old tickets
     */
    ngx_queue_t                     inflight;
    ngx_uint_t                      ninflight;
    ngx_queue_t                     spare;
    ngx_uint_t                      nspare;

    /*
     * Commands that the socket has not taken, replies that are not complete;
     * while connecting only so many bytes of the commands may leave.
     */
    ngx_buf_t                       out;
    ngx_buf_t                       in;
    smartmsg_resp_parser_t          parser;
    size_t                          greeting;

    /* how often commands were given to the socket */
    ngx_uint_t                      writes;

    /*
     * ngx_current_msec of the last sign of life: bytes came, or connect()
     * came through; at first the time of its call
     */
    ngx_msec_t                      last_heard;

    /* of commands that wait for company */
    ngx_event_t                     lazy;

    ngx_smartmsg_redis_reply_pt     push;
    void                           *push_data;

    ngx_queue_t                     listeners;

    /* cancelable: it does not keep a worker alive that shuts down */
    ngx_event_t                     timer;
    ngx_event_t                     posted;
    ngx_connection_t                dummy;

    ngx_msec_t                      backoff;
    ngx_msec_t                      ready_since;
    time_t                          down_since;

    /* commands without an answer that nobody waited for */
    ngx_uint_t                      lost;

    /* when a failed command was last logged */
    time_t                          complained;

    /* why the connection is being given up; of connect() hiredis knows it */
    char                            reason[160];

    /* the breaker: set by a failure, cleared by an answer */
    unsigned                        down:1;

    /* the server answers, but does not let us in */
    unsigned                        denied:1;

    /* "denied" as it was when the log was last told */
    unsigned                        was_denied:1;

    /* the timer has found something overdue once */
    unsigned                        suspect:1;

    /* connect() is through */
    unsigned                        connected:1;

    /* the server has closed the connection */
    unsigned                        eof:1;

    /* replies are being dealt with */
    unsigned                        reading:1;

    /* one of them says that the connection is to be given up */
    unsigned                        doomed:1;

    unsigned                        closing:1;
};


struct ngx_smartmsg_redis_ticket_s {
    ngx_queue_t                     queue;
    ngx_smartmsg_redis_t           *redis;

    ngx_smartmsg_redis_reply_pt     cb;
    void                           *data;

    /* replies to come: those that nobody waits for, then those for cb */
    ngx_uint_t                      unheard;
    ngx_uint_t                      heard;

    /* ngx_current_msec of the sending */
    ngx_msec_t                      sent;

    /* of the connection, at that time */
    ngx_uint_t                      writes;

    /* name of the command, for the log */
    const char                     *name;

    unsigned                        cancelled:1;
};


/*
 * Begins to connect.  Returns NGX_ERROR, with the reason in redis->reason,
 * when that fails at once.
 */

ngx_int_t ngx_smartmsg_redis_connect(ngx_smartmsg_redis_t *redis);

/*
 * connect() is through: the handshake may leave.
 */

void ngx_smartmsg_redis_connected(void *data);

/*
 * The server has answered.  For callbacks of commands.
 */

void ngx_smartmsg_redis_up(ngx_smartmsg_redis_t *redis);

/*
 * nginx wants the connection closed.
 */

void ngx_smartmsg_redis_shutdown(ngx_smartmsg_redis_t *redis);

/*
 * Why the connection is given up; the first reason counts.
 */

void ngx_smartmsg_redis_because(ngx_smartmsg_redis_t *redis,
    const char *reason);

/*
 * Gives the connection up as soon as the callbacks are through.
 */

void ngx_smartmsg_redis_doom(ngx_smartmsg_redis_t *redis,
    const char *reason);

/*
 * A command in the buffer, with its ticket, whatever the state; it is not
 * flushed.  NULL: no memory.
 */

ngx_smartmsg_redis_ticket_t *ngx_smartmsg_redis_ask(
    ngx_smartmsg_redis_t *redis, ngx_smartmsg_redis_reply_pt cb, void *data,
    int argc, const char **argv, const size_t *argvlen);

/*
 * Hands a reply to the oldest command, or NULL to all of them.
 */

void ngx_smartmsg_redis_answer(ngx_smartmsg_redis_t *redis,
    smartmsg_resp_t *reply);
void ngx_smartmsg_redis_fail(ngx_smartmsg_redis_t *redis);

/*
 * Milliseconds until the oldest reply is overdue; some command has to be in
 * flight.
 */

ngx_msec_int_t ngx_smartmsg_redis_reply_left(ngx_smartmsg_redis_t *redis);

/*
 * The handlers of reading and writing; their end, buffers included.
 */

void ngx_smartmsg_redis_stream_init(ngx_smartmsg_redis_t *redis);
void ngx_smartmsg_redis_stream_end(ngx_smartmsg_redis_t *redis);

/*
 * Makes room for so many bytes behind b->last.
 */

ngx_int_t ngx_smartmsg_redis_room(ngx_smartmsg_redis_t *redis, ngx_buf_t *b,
    size_t size);

/*
 * What is in "out" is to leave at the end of this turn of the event loop, or
 * when others do.
 */

void ngx_smartmsg_redis_flush(ngx_smartmsg_redis_t *redis, ngx_uint_t lazy);

/*
 * Writes it now: NGX_OK; NGX_AGAIN: the socket is full; NGX_ERROR, with the
 * reason in redis->reason.
 */

ngx_int_t ngx_smartmsg_redis_send(ngx_smartmsg_redis_t *redis);

/*
 * Reads what has come.  Callbacks run, and the connection may end.  From
 * within callbacks nothing happens.
 */

void ngx_smartmsg_redis_read(ngx_smartmsg_redis_t *redis);


#endif /* _NGX_SMARTMSG_REDIS_INTERNAL_H_INCLUDED_ */
