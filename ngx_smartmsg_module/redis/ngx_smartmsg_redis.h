/*
 * One multiplexed connection of a worker to a Redis: many commands are in
 * flight, nobody ever waits.  It connects by itself, reconnects with back-off,
 * and refuses commands at once while the server is away.
 *
 *   idle --> connecting --> ready --> down --(back-off)--> connecting ...
 *
 * On the very first connect, and after the server has closed a connection
 * that was at rest, commands are held back until the server has answered;
 * while it is known to be down they are refused.
 */

#ifndef _NGX_SMARTMSG_REDIS_H_INCLUDED_
#define _NGX_SMARTMSG_REDIS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "core/resp.h"

#include "redis/ngx_smartmsg_redis_conf.h"


/* commands without a reply yet, and bytes of commands that have not left */

#define NGX_SMARTMSG_REDIS_MAX_INFLIGHT     16384
#define NGX_SMARTMSG_REDIS_MAX_SIZE         (64 * 1024 * 1024)

/* commands held back while connecting */

#define NGX_SMARTMSG_REDIS_MAX_HELD         1024
#define NGX_SMARTMSG_REDIS_MAX_HELD_SIZE    (1024 * 1024)

/* how long a lazy command waits for company, milliseconds */

#define NGX_SMARTMSG_REDIS_LAZY             4

/* limits of the pause between two attempts to connect, milliseconds */

#define NGX_SMARTMSG_REDIS_MIN_BACKOFF      200
#define NGX_SMARTMSG_REDIS_MAX_BACKOFF      5000


typedef struct ngx_smartmsg_redis_s         ngx_smartmsg_redis_t;
typedef struct ngx_smartmsg_redis_ticket_s  ngx_smartmsg_redis_ticket_t;


/*
 * The reply to one command; NULL: there is none, the connection broke.  An
 * error reply of the server arrives as SMARTMSG_RESP_ERROR.  The reply is
 * borrowed for the call.
 *
 * Runs while replies are read: copy, ngx_post_event(), return.  Never resume
 * a request from here, nor end the connection.  Further commands may be sent.
 */

typedef void (*ngx_smartmsg_redis_reply_pt)(void *data,
    smartmsg_resp_t *reply);


/*
 * Told when the connection becomes usable (up = 1) or is given up (up = 0).
 * Runs as reply callbacks do.
 */

typedef struct {
    ngx_queue_t                   queue;
    void                        (*handler)(void *data, ngx_uint_t up);
    void                         *data;
} ngx_smartmsg_redis_listener_t;


/*
 * Makes an idle connection; nothing is sent yet.  "role" distinguishes
 * several connections to one server in the log, a C string that lives as
 * long as the connection, or NULL.  For workers only, in or after
 * init_process.  Returns NULL without memory.
 */

ngx_smartmsg_redis_t *ngx_smartmsg_redis_create(
    ngx_smartmsg_redis_conf_t *conf, const char *role, ngx_log_t *log);

/*
 * Connects now, in the background, rather than with the first command.
 */

void ngx_smartmsg_redis_start(ngx_smartmsg_redis_t *redis);

/*
 * There is a sign that the server is back: if it is down, the next attempt to
 * connect is made at once.
 */

void ngx_smartmsg_redis_retry(ngx_smartmsg_redis_t *redis);

/*
 * 1: commands are accepted now (ready, or connecting for the first time);
 * 0: the server is down.  An idle connection counts as ready: the command
 * connects.
 */

ngx_uint_t ngx_smartmsg_redis_ready(ngx_smartmsg_redis_t *redis);

/*
 * Sends one command.  All commands of one turn of the event loop leave in
 * one write.  A lazy one, whose answer nobody waits for, leaves with the next
 * one that is not, or after NGX_SMARTMSG_REDIS_LAZY milliseconds; the order
 * of commands stays.  The arguments are copied, but argv[0], the name of the
 * command, is to be a literal.
 *
 * cb == NULL: fire and forget; errors are logged (once a minute) and losses
 * are counted and reported when the server is back.  Else cb runs exactly
 * once, unless cancelled, and never before this function has returned.
 *
 * ticket, if not NULL, receives what ngx_smartmsg_redis_cancel() wants; it
 * is valid until cb has been entered.
 *
 * Returns NGX_OK; NGX_DECLINED: the server is down or too much is in flight,
 * cb will not run; NGX_ERROR: no memory, cb will not run.
 */

ngx_int_t ngx_smartmsg_redis_command(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, ngx_uint_t lazy, int argc,
    const char **argv, const size_t *argvlen,
    ngx_smartmsg_redis_ticket_t **ticket);

/*
 * The same for a group of commands whose text, in Redis' protocol, the caller
 * has: first "writes" of them that nobody waits for, then "queries" to whose
 * replies cb is called, one by one and in their order; one of both at least.
 * The ticket is that of the group, and valid until cb has been entered for
 * the last time.  "name", a literal, stands for the group in the log.
 */

typedef struct {
    u_char                       *data;
    size_t                        len;
    ngx_uint_t                    writes;
    ngx_uint_t                    queries;
    const char                   *name;
} ngx_smartmsg_redis_group_t;

ngx_int_t ngx_smartmsg_redis_group(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, ngx_uint_t lazy,
    ngx_smartmsg_redis_group_t *group, ngx_smartmsg_redis_ticket_t **ticket);

/*
 * Takes in the replies that have come already, perhaps that to this command,
 * for a caller who would have to wait until the event loop gets to them.
 * Does nothing within callbacks.
 */

void ngx_smartmsg_redis_poll(ngx_smartmsg_redis_ticket_t *ticket);

/*
 * The callback of the command will not run.  The command itself may have
 * been executed, or still be.
 */

void ngx_smartmsg_redis_cancel(ngx_smartmsg_redis_ticket_t *ticket);

/*
 * cb gets what the server sends without having been asked, as it may after
 * HELLO 3, for as long as there is the connection; without cb that is ignored.
 * Runs as reply callbacks do, but never with NULL: use a listener.
 */

void ngx_smartmsg_redis_pushes(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data);

/*
 * The listener is the caller's, and lives until the connection is closed.
 */

void ngx_smartmsg_redis_listen(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_listener_t *listener);

/*
 * Ends it for good and frees it; for exit_process, not for callbacks.  What
 * is in the output buffer is written if the socket takes it.  Callbacks
 * still run, with NULL, so that they can free their data; for the time of
 * the call ngx_smartmsg_redis_closing() is 1, and they must do no more.
 */

void ngx_smartmsg_redis_close(ngx_smartmsg_redis_t *redis);

ngx_uint_t ngx_smartmsg_redis_closing(ngx_smartmsg_redis_t *redis);

/*
 * The text of an error: of an error reply, else of a missing reply.
 */

const char *ngx_smartmsg_redis_error(smartmsg_resp_t *reply);

/*
 * Logs that a command has failed, once a minute for all: for commands with a
 * callback; "name" is the command's.
 */

void ngx_smartmsg_redis_complain(ngx_smartmsg_redis_t *redis,
    const char *reason, const char *name);


#endif /* _NGX_SMARTMSG_REDIS_H_INCLUDED_ */
