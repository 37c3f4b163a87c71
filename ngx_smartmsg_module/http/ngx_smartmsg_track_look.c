
/*
 * A first look at the body of a response: up to 64 KB of JSON are copied on
 * their way to the client, and read when all of it has passed.
 */


#include "http/ngx_smartmsg_track.h"

#include <zlib.h>


/* two bytes of every gzip member, RFC 1952 */

#define NGX_SMARTMSG_LOOK_WBITS  (MAX_WBITS + 16)


struct ngx_smartmsg_look_s {
    const smartmsg_pack_event_t  *events[SMARTMSG_PACK_EVENTS_MAX];
    size_t                        nevents;

    u_char                       *last;
    u_char                       *end;
    u_char                       *start;

    unsigned                      gzip:1;
    unsigned                      overflow:1;
};


static ngx_uint_t ngx_smartmsg_look_copy(ngx_smartmsg_look_t *look,
    ngx_chain_t *in);
static void ngx_smartmsg_look_read(ngx_http_request_t *r,
    ngx_smartmsg_look_t *look);
static ngx_int_t ngx_smartmsg_look_inflate(ngx_http_request_t *r,
    ngx_str_t *body);
static ngx_uint_t ngx_smartmsg_look_event(ngx_http_request_t *r,
    const smartmsg_pack_event_t *event, json_t *body);


void
ngx_smartmsg_track_look(ngx_http_request_t *r,
    const smartmsg_pack_event_t **events, size_t n)
{
    size_t                size;
    ngx_table_elt_t      *encoding;
    ngx_smartmsg_ctx_t   *ctx;
    ngx_smartmsg_look_t  *look;

    encoding = r->headers_out.content_encoding;

    if (r->header_only || r->headers_out.content_length_n == 0
        || r->headers_out.content_length_n > SMARTMSG_PACK_BODY_MAX
        || ngx_strlcasestrn(r->headers_out.content_type.data,
                            r->headers_out.content_type.data
                            + r->headers_out.content_type.len,
                            (u_char *) "json", 3)
           == NULL)
    {
        return;
    }

    ctx = ngx_smartmsg_get_ctx(r);

    if (ctx == NULL) {
        ctx = ngx_smartmsg_create_idle_ctx(r);
        if (ctx == NULL) {
            return;
        }
    }

    size = (r->headers_out.content_length_n > 0)
           ? (size_t) r->headers_out.content_length_n
           : SMARTMSG_PACK_BODY_MAX;

    look = ngx_pcalloc(r->pool, sizeof(ngx_smartmsg_look_t));
    if (look == NULL) {
        return;
    }

    look->start = ngx_pnalloc(r->pool, size);
    if (look->start == NULL) {
        return;
    }

    look->last = look->start;
    look->end = look->start + size;

    if (encoding && encoding->hash && encoding->value.len) {
        look->gzip = 1;
    }

    ngx_memcpy(look->events, events, n * sizeof(smartmsg_pack_event_t *));
    look->nevents = n;

    ctx->look = look;

    r->filter_need_in_memory = 1;
}


void
ngx_smartmsg_look(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_smartmsg_look_t  *look;

    look = ctx->look;

    if (ngx_smartmsg_look_copy(look, in)) {
        ctx->look = NULL;

        if (!look->overflow) {
            ngx_smartmsg_look_read(ctx->request, look);
        }
    }
}


/* true at the end of the body, or of what is looked at */

static ngx_uint_t
ngx_smartmsg_look_copy(ngx_smartmsg_look_t *look, ngx_chain_t *in)
{
    size_t      len;
    ngx_buf_t  *b;

    for ( /* void */ ; in; in = in->next) {
        b = in->buf;

        if (ngx_buf_in_memory(b)) {
            len = b->last - b->pos;

        } else {
            len = b->in_file ? (size_t) (look->end - look->start) + 1 : 0;
        }

        if (len > (size_t) (look->end - look->last)) {
            look->overflow = 1;
            return 1;
        }

        if (len) {
            look->last = ngx_cpymem(look->last, b->pos, len);
        }

        if (b->last_buf) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_smartmsg_look_read(ngx_http_request_t *r, ngx_smartmsg_look_t *look)
{
    size_t      i, k;
    json_t     *json;
    ngx_str_t   body;

    body.data = look->start;
    body.len = look->last - look->start;

    if (look->gzip && ngx_smartmsg_look_inflate(r, &body) != NGX_OK) {
        return;
    }

    json = smartmsg_pack_body_parse(ngx_smartmsg_str(&body));

    if (json == NULL) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "smartmsg: the shop's response is no JSON");
        return;
    }

    for (i = 0; i < look->nevents; i++) {

        if (!ngx_smartmsg_look_event(r, look->events[i], json)) {
            continue;
        }

        /* others of this name are the same event, described differently */

        for (k = i + 1; k < look->nevents; k++) {

            if (smartmsg_str_eq(smartmsg_pack_event_name(look->events[i]),
                                smartmsg_pack_event_name(look->events[k])))
            {
                look->events[k--] = look->events[--look->nevents];
            }
        }
    }

    json_decref(json);
}


/* all at once: it is small, or it is not read */

static ngx_int_t
ngx_smartmsg_look_inflate(ngx_http_request_t *r, ngx_str_t *body)
{
    int        rc;
    u_char    *p;
    z_stream   stream;

    p = ngx_pnalloc(r->pool, SMARTMSG_PACK_BODY_MAX);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(&stream, sizeof(z_stream));

    stream.next_in = body->data;
    stream.avail_in = body->len;
    stream.next_out = p;
    stream.avail_out = SMARTMSG_PACK_BODY_MAX;

    if (inflateInit2(&stream, NGX_SMARTMSG_LOOK_WBITS) != Z_OK) {
        return NGX_ERROR;
    }

    rc = inflate(&stream, Z_FINISH);

    body->data = p;
    body->len = stream.total_out;

    (void) inflateEnd(&stream);

    return (rc == Z_STREAM_END) ? NGX_OK : NGX_DECLINED;
}


static ngx_uint_t
ngx_smartmsg_look_event(ngx_http_request_t *r,
    const smartmsg_pack_event_t *event, json_t *body)
{
    smartmsg_str_t           name;
    smartmsg_pack_facts_t    facts;
    ngx_smartmsg_tracked_t   tracked;

    if (!smartmsg_pack_event_read(event, body, &facts)) {
        return 0;
    }

    ngx_memzero(&tracked, sizeof(ngx_smartmsg_tracked_t));

    name = smartmsg_pack_event_name(event);

    tracked.name.data = (u_char *) name.data;
    tracked.name.len = name.len;
    tracked.kind = smartmsg_pack_event_kind(event);
    tracked.op = NGX_SMARTMSG_STORE_CART_SET;
    tracked.id.data = (u_char *) facts.id;
    tracked.id.len = facts.id_len;
    tracked.value = facts.value;
    tracked.items = facts.items;
    tracked.has_value = facts.has_value;
    tracked.has_items = facts.has_items;
    tracked.currency.data = (u_char *) facts.currency;
    tracked.currency.len = ngx_strlen(facts.currency);

    ngx_smartmsg_track_write(r, &tracked);

    return 1;
}
