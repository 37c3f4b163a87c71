/*
 * Groups of commands in Redis' protocol, with places that are filled in.
 */

#include "redis/ngx_smartmsg_prepared.h"

#include "core/visitor_id.h"


/* of every time from 2001 to 2286; that may be more than a time_t can hold */

#define NGX_SMARTMSG_PREPARED_DIGITS    10
#define NGX_SMARTMSG_PREPARED_MIN_TIME  1000000000
#define NGX_SMARTMSG_PREPARED_MAX_TIME  9999999999

#define NGX_SMARTMSG_PREPARED_WORDS     9


static u_char *ngx_smartmsg_prepare_place(ngx_smartmsg_prepared_t *p,
    size_t len);
static u_char *ngx_smartmsg_prepare_take(ngx_smartmsg_prepared_t *p,
    size_t len);


void
ngx_smartmsg_prepare(ngx_smartmsg_prepared_t *p, const char *name,
    ngx_uint_t heard)
{
    u_char  *text;

    p->group.data = p->text;

    if (p->group.name == NULL) {
        p->group.name = name;
    }

    if (heard) {
        p->group.queries++;

    } else {
        p->group.writes++;
    }

    text = ngx_smartmsg_prepare_take(p, sizeof("*0" CRLF) - 1);
    if (text == NULL) {
        return;
    }

    ngx_memcpy(text, "*0" CRLF, sizeof("*0" CRLF) - 1);

    p->nwords = text + 1 - p->text;

    ngx_smartmsg_prepare_word(p, name);
}


void
ngx_smartmsg_prepare_word(ngx_smartmsg_prepared_t *p, const char *word)
{
    size_t   len;
    u_char  *text;

    len = ngx_strlen(word);

    text = ngx_smartmsg_prepare_place(p, len);
    if (text) {
        ngx_memcpy(text, word, len);
    }
}


void
ngx_smartmsg_prepare_number(ngx_smartmsg_prepared_t *p, ngx_int_t n)
{
    u_char  *text, *last, digits[NGX_INT_T_LEN];

    last = ngx_sprintf(digits, "%i", n);

    text = ngx_smartmsg_prepare_place(p, last - digits);
    if (text) {
        ngx_memcpy(text, digits, last - digits);
    }
}


void
ngx_smartmsg_prepare_key(ngx_smartmsg_prepared_t *p, const ngx_str_t *prefix,
    int kind)
{
    u_char  *text;

    text = ngx_smartmsg_prepare_place(p, prefix->len + sizeof("{}:k") - 1
                                         + SMARTMSG_VISITOR_ID_LEN);
    if (text == NULL) {
        return;
    }

    if (p->nvisitors == NGX_SMARTMSG_PREPARED_VISITORS) {
        p->overflow = 1;
        return;
    }

    text = ngx_cpymem(text, prefix->data, prefix->len);
    *text++ = '{';

    p->visitors[p->nvisitors++] = text - p->text;

    text += SMARTMSG_VISITOR_ID_LEN;
    *text++ = '}';
    *text++ = ':';
    *text = (u_char) kind;
}


void
ngx_smartmsg_prepare_time(ngx_smartmsg_prepared_t *p)
{
    u_char  *text;

    text = ngx_smartmsg_prepare_place(p, NGX_SMARTMSG_PREPARED_DIGITS);
    if (text) {
        p->time = text - p->text;
    }
}


/* one word more, of so many bytes, which the caller fills in */

static u_char *
ngx_smartmsg_prepare_place(ngx_smartmsg_prepared_t *p, size_t len)
{
    u_char  *text, *last, head[sizeof("$" CRLF) + NGX_SIZE_T_LEN];

    last = ngx_sprintf(head, "$%uz" CRLF, len);

    text = ngx_smartmsg_prepare_take(p, last - head + len + sizeof(CRLF) - 1);

    if (text == NULL
        || p->text[p->nwords] == '0' + NGX_SMARTMSG_PREPARED_WORDS)
    {
        p->overflow = 1;
        return NULL;
    }

    p->text[p->nwords]++;

    text = ngx_cpymem(text, head, last - head);
    ngx_memcpy(text + len, CRLF, sizeof(CRLF) - 1);

    return text;
}


static u_char *
ngx_smartmsg_prepare_take(ngx_smartmsg_prepared_t *p, size_t len)
{
    u_char  *text;

    if (p->overflow || sizeof(p->text) - p->group.len < len) {
        p->overflow = 1;
        return NULL;
    }

    text = p->text + p->group.len;
    p->group.len += len;

    return text;
}


void
ngx_smartmsg_prepared_visitor(ngx_smartmsg_prepared_t *p,
    const u_char *visitor)
{
    ngx_uint_t  i;

    for (i = 0; i < p->nvisitors; i++) {
        ngx_memcpy(p->text + p->visitors[i], visitor, SMARTMSG_VISITOR_ID_LEN);
    }
}


ngx_int_t
ngx_smartmsg_prepared_time(ngx_smartmsg_prepared_t *p, int64_t now)
{
    u_char      *digit;
    ngx_uint_t   i;

    if (p->time == 0 || now < NGX_SMARTMSG_PREPARED_MIN_TIME
        || now > NGX_SMARTMSG_PREPARED_MAX_TIME)
    {
        return NGX_DECLINED;
    }

    if (p->now == now) {
        return NGX_OK;
    }

    p->now = now;
    digit = p->text + p->time + NGX_SMARTMSG_PREPARED_DIGITS;

    for (i = 0; i < NGX_SMARTMSG_PREPARED_DIGITS; i++) {
        *--digit = (u_char) ('0' + now % 10);
        now /= 10;
    }

    return NGX_OK;
}


ngx_int_t
ngx_smartmsg_prepared_send(ngx_smartmsg_prepared_t *p,
    ngx_smartmsg_redis_t *redis, ngx_smartmsg_redis_reply_pt cb, void *data,
    ngx_uint_t lazy, ngx_smartmsg_redis_ticket_t **ticket)
{
    if (p->overflow) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_redis_group(redis, cb, data, lazy, &p->group, ticket);
}
