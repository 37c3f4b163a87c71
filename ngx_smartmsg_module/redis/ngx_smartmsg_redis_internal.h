/*
 * The inside of a connection, shared by ngx_smartmsg_redis.c (its life),
 * ngx_smartmsg_redis_connect.c and ngx_smartmsg_redis_command.c (what is sent
 * over it).
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

    /* tickets with hiredis, oldest first, and those held back */
    ngx_queue_t                     inflight;
    ngx_uint_t                      ninflight;
    ngx_queue_t                     held;
    ngx_uint_t                      nheld;
    size_t                          held_size;

    ngx_smartmsg_redis_reply_pt     message;
    void                           *message_data;

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

    /* why the connection is being given up, if we know better than hiredis */
    char                            reason[160];

    /* the breaker: set by a failure, cleared by an answer */
    unsigned                        down:1;

    /* the server answers, but does not let us in */
    unsigned                        denied:1;

    /* "denied" as it was when the log was last told */
    unsigned                        was_denied:1;

    /* the timer has found something overdue once */
    unsigned                        suspect:1;

    /* a command on this connection was left without a reply */
    unsigned                        broken:1;

    unsigned                        closing:1;
};


struct ngx_smartmsg_redis_ticket_s {
    ngx_queue_t                     queue;
    ngx_smartmsg_redis_t           *redis;

    ngx_smartmsg_redis_reply_pt     cb;
    void                           *data;

    /* ngx_current_msec of the sending */
    ngx_msec_t                      sent;

    /* of the adapter, when it was given to hiredis */
    ngx_uint_t                      writes;

    /* the command in Redis' protocol, part of the ticket's memory */
    char                           *text;
    size_t                          len;

    /* name of the command, for the log */
    char                            name[16];

    unsigned                        cancelled:1;
    unsigned                        lazy:1;
};


/*
 * Begins to connect.  Returns NGX_ERROR, with the reason in redis->reason,
 * when that fails at once.
 */

ngx_int_t ngx_smartmsg_redis_connect(ngx_smartmsg_redis_t *redis);

/*
 * The server has answered.  Runs inside hiredis.
 */

void ngx_smartmsg_redis_up(ngx_smartmsg_redis_t *redis);

/*
 * Sends what was held back, the oldest first, or answers it with NULL.
 */

void ngx_smartmsg_redis_send_held(ngx_smartmsg_redis_t *redis);
void ngx_smartmsg_redis_fail_held(ngx_smartmsg_redis_t *redis);

/*
 * Milliseconds until the oldest reply is overdue; some command has to be in
 * flight.
 */

ngx_msec_int_t ngx_smartmsg_redis_reply_left(ngx_smartmsg_redis_t *redis);


#endif /* _NGX_SMARTMSG_REDIS_INTERNAL_H_INCLUDED_ */
