/*
 * The state of the rules, for people and tools to read.
 */

#include "redis/ngx_smartmsg_store_internal.h"


/* longer reasons are cut */

#define NGX_SMARTMSG_STORE_MAX_ERROR  1024


static u_char *ngx_smartmsg_store_json_text(u_char *dst, const u_char *src,
    size_t len);


ngx_int_t
ngx_smartmsg_store_status(ngx_smartmsg_store_t *store, ngx_str_t *rule,
    ngx_str_t *error, time_t now)
{
    size_t               len;
    u_char              *last;
    ngx_int_t            rc;
    ngx_str_t            json;
    ngx_smartmsg_cmd_t   cmd;

    /* six bytes for a control character */
    u_char               text[6 * NGX_SMARTMSG_STORE_MAX_ERROR + 128];

    if (error) {
        len = ngx_min(error->len, NGX_SMARTMSG_STORE_MAX_ERROR);

        last = ngx_sprintf(text, "{\"state\":\"error\",\"error\":\"");
        last = ngx_smartmsg_store_json_text(last, error->data, len);
        last = ngx_sprintf(last, "\",\"time\":%T}", now);

    } else {
        last = ngx_sprintf(text, "{\"state\":\"ok\",\"time\":%T}", now);
    }

    json.data = text;
    json.len = last - text;

    rc = NGX_OK;

    ngx_smartmsg_cmd(&cmd, "HSET");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vstatus", store->prefix);
    ngx_smartmsg_cmd_str(&cmd, rule);
    ngx_smartmsg_cmd_str(&cmd, &json);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    return rc;
}


ngx_int_t
ngx_smartmsg_store_good(ngx_smartmsg_store_t *store, ngx_str_t *rule,
    ngx_str_t *text)
{
    ngx_int_t           rc;
    ngx_smartmsg_cmd_t  cmd;

    rc = NGX_OK;

    ngx_smartmsg_cmd(&cmd, "HSET");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vgood", store->prefix);
    ngx_smartmsg_cmd_str(&cmd, rule);
    ngx_smartmsg_cmd_str(&cmd, text);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    return rc;
}


ngx_int_t
ngx_smartmsg_store_forget(ngx_smartmsg_store_t *store, ngx_str_t *rule)
{
    ngx_int_t           rc;
    ngx_smartmsg_cmd_t  cmd;

    rc = NGX_OK;

    ngx_smartmsg_cmd(&cmd, "HDEL");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vstatus", store->prefix);
    ngx_smartmsg_cmd_str(&cmd, rule);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    ngx_smartmsg_cmd(&cmd, "HDEL");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vgood", store->prefix);
    ngx_smartmsg_cmd_str(&cmd, rule);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    return rc;
}


/*
 * The inside of a JSON string (RFC 8259, 7).  The reason may quote a rule
 * that is not UTF-8: such bytes become question marks.
 */

static u_char *
ngx_smartmsg_store_json_text(u_char *dst, const u_char *src, size_t len)
{
    u_char    *p, *end, *next;
    uint32_t   c;

    p = (u_char *) src;
    end = p + len;

    while (p < end) {

        if (*p < 0x20) {
            dst = ngx_sprintf(dst, "\\u%04xd", (int) *p++);
            continue;
        }

        if (*p < 0x80) {
            if (*p == '"' || *p == '\\') {
                *dst++ = '\\';
            }

            *dst++ = *p++;
            continue;
        }

        next = p;
        c = ngx_utf8_decode(&next, end - p);

        if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
            *dst++ = '?';
            p++;
            continue;
        }

        while (p < next) {
            *dst++ = *p++;
        }
    }

    return dst;
}
