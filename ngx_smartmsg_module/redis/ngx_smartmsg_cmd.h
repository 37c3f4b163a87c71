/*
 * Builds a Redis command on the stack, argument by argument, so that the code
 * that sends many of them reads like the commands themselves:
 *
 *     ngx_smartmsg_cmd(&cmd, "EXPIRE");
 *     ngx_smartmsg_cmd_fmt(&cmd, "%V{%V}:s", &prefix, &visitor);
 *     ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_SESSION_TTL);
 *     rc = ngx_smartmsg_cmd_write(&cmd, redis);
 *
 * Errors (too many arguments) are kept and reported by the sending.
 */

#ifndef _NGX_SMARTMSG_CMD_H_INCLUDED_
#define _NGX_SMARTMSG_CMD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/ngx_smartmsg_redis.h"


#define NGX_SMARTMSG_CMD_ARGS  64
#define NGX_SMARTMSG_CMD_SIZE  2048


typedef struct {
    int                           argc;
    const char                   *argv[NGX_SMARTMSG_CMD_ARGS];
    size_t                        argvlen[NGX_SMARTMSG_CMD_ARGS];

    /* bytes of formatted arguments */
    u_char                       *last;
    u_char                        buf[NGX_SMARTMSG_CMD_SIZE];

    unsigned                      overflow:1;
} ngx_smartmsg_cmd_t;


/*
 * Starts a command; its name is a literal.  The texts of _text(), _str()
 * and _add() have to live until the command is sent, they are not copied.
 */

void ngx_smartmsg_cmd(ngx_smartmsg_cmd_t *cmd, const char *name);

static ngx_inline void ngx_smartmsg_cmd_text(ngx_smartmsg_cmd_t *cmd,
    const char *text);
void ngx_smartmsg_cmd_str(ngx_smartmsg_cmd_t *cmd, const ngx_str_t *value);
void ngx_smartmsg_cmd_add(ngx_smartmsg_cmd_t *cmd, const void *data,
    size_t len);
void ngx_smartmsg_cmd_int(ngx_smartmsg_cmd_t *cmd, int64_t value);

/*
 * A decimal number, six digits after the point at most, trailing zeros cut.
 * What is not a number counts as 0; the magnitude is limited to 1e15.
 */

void ngx_smartmsg_cmd_num(ngx_smartmsg_cmd_t *cmd, double value);

/*
 * One argument in the format of ngx_sprintf().
 */

void ngx_smartmsg_cmd_fmt(ngx_smartmsg_cmd_t *cmd, const char *fmt, ...);

/*
 * One argument of so many bytes, which the caller fills in at once; NULL: the
 * command is too long.
 */

u_char *ngx_smartmsg_cmd_take(ngx_smartmsg_cmd_t *cmd, size_t len);

/*
 * Sends it: without a callback, lazily, or with one.  Results are those of
 * ngx_smartmsg_redis_command(), and NGX_ERROR for a command that was too
 * long.  The command may be started anew afterwards.
 */

ngx_int_t ngx_smartmsg_cmd_write(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_redis_t *redis);

ngx_int_t ngx_smartmsg_cmd_query(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_redis_t *redis, ngx_smartmsg_redis_reply_pt cb, void *data,
    ngx_smartmsg_redis_ticket_t **ticket);


/* the length of a literal is known when this is compiled */

static ngx_inline void
ngx_smartmsg_cmd_text(ngx_smartmsg_cmd_t *cmd, const char *text)
{
    ngx_smartmsg_cmd_add(cmd, text, ngx_strlen(text));
}


#endif /* _NGX_SMARTMSG_CMD_H_INCLUDED_ */
