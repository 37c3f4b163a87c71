/*
 * Redis commands, argument by argument.
 */

#include "redis/ngx_smartmsg_cmd.h"
#include "core/sink.h"


#define NGX_SMARTMSG_CMD_MAX_NUM  1e15


static ngx_int_t ngx_smartmsg_cmd_send(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_redis_t *redis, ngx_smartmsg_redis_reply_pt cb, void *data,
    ngx_uint_t lazy, ngx_smartmsg_redis_ticket_t **ticket);


void
ngx_smartmsg_cmd(ngx_smartmsg_cmd_t *cmd, const char *name)
{
    cmd->argc = 0;
    cmd->last = cmd->buf;
    cmd->overflow = 0;

    ngx_smartmsg_cmd_text(cmd, name);
}


void
ngx_smartmsg_cmd_str(ngx_smartmsg_cmd_t *cmd, const ngx_str_t *value)
{
    ngx_smartmsg_cmd_add(cmd, value->data, value->len);
}


void
ngx_smartmsg_cmd_int(ngx_smartmsg_cmd_t *cmd, int64_t value)
{
    char             digits[NGX_INT64_LEN];
    u_char          *p;
    smartmsg_sink_t  sink;

    sink.out = digits;
    sink.len = 0;

    if (value < 0) {
        smartmsg_sink_puts(&sink, "-");
    }

    smartmsg_sink_number(&sink, (value < 0) ? 0 - (uint64_t) value
                                            : (uint64_t) value);

    p = ngx_smartmsg_cmd_take(cmd, sink.len);
    if (p) {
        ngx_memcpy(p, digits, sink.len);
    }
}


void
ngx_smartmsg_cmd_num(ngx_smartmsg_cmd_t *cmd, double value)
{
    u_char  *p, *end, text[NGX_INT64_LEN + 8];

    /* false for what is not a number, too */

    if (!(value >= -NGX_SMARTMSG_CMD_MAX_NUM)) {
        value = (value < 0) ? -NGX_SMARTMSG_CMD_MAX_NUM : 0;
    }

    if (value > NGX_SMARTMSG_CMD_MAX_NUM) {
        value = NGX_SMARTMSG_CMD_MAX_NUM;
    }

    end = ngx_snprintf(text, sizeof(text), "%.6f", value);

    for (p = end; p[-1] == '0'; p--) { /* void */ }

    if (p[-1] == '.') {
        p--;
    }

    ngx_smartmsg_cmd_fmt(cmd, "%*s", (size_t) (p - text), text);
}


void
ngx_smartmsg_cmd_fmt(ngx_smartmsg_cmd_t *cmd, const char *fmt, ...)
{
    u_char   *start, *end;
    va_list   args;

    start = cmd->last;
    end = cmd->buf + sizeof(cmd->buf);

    va_start(args, fmt);
    cmd->last = ngx_vslprintf(start, end, fmt, args);
    va_end(args);

    if (cmd->last == end) {
        cmd->overflow = 1;
        return;
    }

    ngx_smartmsg_cmd_add(cmd, start, cmd->last - start);
}


u_char *
ngx_smartmsg_cmd_take(ngx_smartmsg_cmd_t *cmd, size_t len)
{
    u_char  *p;

    p = cmd->last;

    if ((size_t) (cmd->buf + sizeof(cmd->buf) - p) < len) {
        cmd->overflow = 1;
        return NULL;
    }

    cmd->last = p + len;

    ngx_smartmsg_cmd_add(cmd, p, len);

    return p;
}


ngx_int_t
ngx_smartmsg_cmd_write(ngx_smartmsg_cmd_t *cmd, ngx_smartmsg_redis_t *redis)
{
    return ngx_smartmsg_cmd_send(cmd, redis, NULL, NULL, 1, NULL);
}


ngx_int_t
ngx_smartmsg_cmd_query(ngx_smartmsg_cmd_t *cmd, ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data,
    ngx_smartmsg_redis_ticket_t **ticket)
{
    return ngx_smartmsg_cmd_send(cmd, redis, cb, data, 0, ticket);
}


static ngx_int_t
ngx_smartmsg_cmd_send(ngx_smartmsg_cmd_t *cmd, ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_reply_pt cb, void *data, ngx_uint_t lazy,
    ngx_smartmsg_redis_ticket_t **ticket)
{
    if (cmd->overflow) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_redis_command(redis, cb, data, lazy, cmd->argc,
                                      cmd->argv, cmd->argvlen, ticket);
}


void
ngx_smartmsg_cmd_add(ngx_smartmsg_cmd_t *cmd, const void *data, size_t len)
{
    if (cmd->argc == NGX_SMARTMSG_CMD_ARGS) {
        cmd->overflow = 1;
        return;
    }

    /* it is copied even when there is nothing to copy */

    cmd->argv[cmd->argc] = data ? data : "";
    cmd->argvlen[cmd->argc] = len;
    cmd->argc++;
}
