
#include "http/ngx_smartmsg.h"


typedef struct {
    ngx_str_t   *encoding;     /* NULL: the client's */
    ngx_str_t    none_match;   /* empty: none */
    ngx_uint_t   since;        /* If-Modified-Since goes on */
} ngx_smartmsg_asked_t;


static ngx_str_t *ngx_smartmsg_upstream_encoding(ngx_smartmsg_headers_t *h);
static ngx_int_t ngx_smartmsg_upstream_tags(ngx_http_request_t *r,
    ngx_uint_t others, ngx_str_t *tags);
static ngx_int_t ngx_smartmsg_upstream_turn(ngx_str_t *value, ngx_str_t *end,
    ngx_uint_t others, ngx_str_t *tags);
static u_char *ngx_smartmsg_upstream_tag(u_char *p, u_char *last);
static ngx_int_t ngx_smartmsg_replace_encoding(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h, ngx_str_t *encoding);
static ngx_int_t ngx_smartmsg_copy_headers(ngx_http_request_t *r,
    ngx_smartmsg_asked_t *asked);
static ngx_uint_t ngx_smartmsg_is_dropped(ngx_http_request_t *r,
    ngx_table_elt_t *header, ngx_smartmsg_asked_t *asked);


static ngx_str_t  ngx_smartmsg_gzip = ngx_string("gzip");
static ngx_str_t  ngx_smartmsg_identity = ngx_string("identity");

static ngx_str_t  ngx_smartmsg_accept_encoding =
    ngx_string("accept-encoding");

static ngx_str_t  ngx_smartmsg_none_match = ngx_string("if-none-match");
static ngx_str_t  ngx_smartmsg_since = ngx_string("if-modified-since");


/*
 * What the shop is asked: for a whole page, since 304 would bring yesterday's
 * message back, and in an encoding that can be read here, if it has to be
 * encoded at all.
 */

ngx_int_t
ngx_smartmsg_ask_upstream(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    ngx_smartmsg_asked_t  asked;

    ngx_memzero(&asked, sizeof(ngx_smartmsg_asked_t));

    asked.encoding = ngx_smartmsg_upstream_encoding(h);

    if (r->headers_in.if_none_match || r->headers_in.if_modified_since) {
        return ngx_smartmsg_copy_headers(r, &asked);
    }

    return asked.encoding ? ngx_smartmsg_replace_encoding(r, h, asked.encoding)
                          : NGX_OK;
}


/*
 * What is no page keeps the shop's own validators, and is asked for with them;
 * a page that was cached with them has not our script in it.
 */

ngx_int_t
ngx_smartmsg_ask_upstream_neutral(ngx_http_request_t *r,
    ngx_smartmsg_headers_t *h)
{
    ngx_int_t             ours;
    ngx_uint_t            page;
    ngx_smartmsg_asked_t  asked;

    ngx_memzero(&asked, sizeof(ngx_smartmsg_asked_t));

    page = ngx_smartmsg_is_document(r, h);

    asked.encoding = ngx_smartmsg_upstream_encoding(h);
    asked.since = !page;

    ours = ngx_smartmsg_upstream_tags(r, !page, &asked.none_match);

    if (ours == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (ours == NGX_DECLINED && asked.encoding == NULL
        && (!page || (r->headers_in.if_none_match == NULL
                      && r->headers_in.if_modified_since == NULL)))
    {
        return NGX_DECLINED;
    }

    if (ngx_smartmsg_copy_headers(r, &asked) != NGX_OK) {
        return NGX_ERROR;
    }

    return ours;
}


/* NULL: as the client says */

static ngx_str_t *
ngx_smartmsg_upstream_encoding(ngx_smartmsg_headers_t *h)
{
    ngx_str_t  *encoding;

    if (h->accept_encoding.len == 0) {
        return NULL;
    }

    encoding = ngx_smartmsg_accepts_gzip(&h->accept_encoding)
               ? &ngx_smartmsg_gzip : &ngx_smartmsg_identity;

    if (encoding->len == h->accept_encoding.len
        && ngx_strncasecmp(encoding->data, h->accept_encoding.data,
                           encoding->len)
           == 0)
    {
        return NULL;
    }

    return encoding;
}


/*
 * If-None-Match without the ends that ngx_smartmsg_fetch_validators() gives to
 * entity tags; "others": those without this end stay in the list.  NGX_OK: at
 * least one had it.
 */

static ngx_int_t
ngx_smartmsg_upstream_tags(ngx_http_request_t *r, ngx_uint_t others,
    ngx_str_t *tags)
{
    u_char                    buf[NGX_SMARTMSG_TAG_LEN + 2];
    ngx_str_t                *value, end;
    ngx_smartmsg_srv_conf_t  *scf;

    if (r->headers_in.if_none_match == NULL) {
        return NGX_DECLINED;
    }

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    end.data = buf;
    end.len = ngx_sprintf(buf, NGX_SMARTMSG_TAG "\"", scf->tag) - buf;

    value = &r->headers_in.if_none_match->value;

    /* two bytes may part what one has parted before */

    tags->data = ngx_pnalloc(r->pool, 2 * value->len + 1);
    if (tags->data == NULL) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_upstream_turn(value, &end, others, tags);
}


/* writes the list, see above, to tags->data */

static ngx_int_t
ngx_smartmsg_upstream_turn(ngx_str_t *value, ngx_str_t *end, ngx_uint_t others,
    ngx_str_t *tags)
{
    u_char      *p, *q, *last, *out;
    ngx_int_t    rc;
    ngx_uint_t   ours;

    rc = NGX_DECLINED;
    out = tags->data;

    p = value->data;
    last = p + value->len;

    for ( ;; ) {

        while (p < last && (*p == ',' || *p == ' ' || *p == '\t')) {
            p++;
        }

        if (p == last) {
            break;
        }

        q = ngx_smartmsg_upstream_tag(p, last);

        ours = ((size_t) (q - p) > end->len
                && ngx_memcmp(q - end->len, end->data, end->len) == 0);

        if (ours || others) {

            if (out != tags->data) {
                *out++ = ',';
                *out++ = ' ';
            }

            out = ngx_cpymem(out, p, q - p - (ours ? end->len : 0));

            if (ours) {
                *out++ = '"';
                rc = NGX_OK;
            }
        }

        p = q;
    }

    tags->len = out - tags->data;

    return rc;
}


/* the end of the entity tag that begins here; commas may be inside of it */

static u_char *
ngx_smartmsg_upstream_tag(u_char *p, u_char *last)
{
    ngx_uint_t  quoted;

    for (quoted = 0; p < last; p++) {

        if (*p == '"') {

            if (quoted) {
                return p + 1;
            }

            quoted = 1;
            continue;
        }

        if (*p == ',' && !quoted) {
            break;
        }
    }

    return p;
}


/*
 * proxy sends the list of headers, everything else reads the pointers in
 * r->headers_in.  So the list gets another value, and what the client said
 * still decides about the encoding of the response.
 */

static ngx_int_t
ngx_smartmsg_replace_encoding(ngx_http_request_t *r, ngx_smartmsg_headers_t *h,
    ngx_str_t *encoding)
{
    ngx_table_elt_t      *header, *client;
    ngx_smartmsg_iter_t   iter;

    client = ngx_palloc(r->pool, sizeof(ngx_table_elt_t));
    if (client == NULL) {
        return NGX_ERROR;
    }

    if (r->headers_in.accept_encoding) {
        *client = *r->headers_in.accept_encoding;
        r->headers_in.accept_encoding = client;
    }

    if (h->encodings == 1) {
        h->encoding->value = *encoding;
        return NGX_OK;
    }

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->key.len == sizeof("accept-encoding") - 1
            && ngx_smartmsg_same(header->lowcase_key, "accept-encoding"))
        {
            header->value = *encoding;
        }
    }

    return NGX_OK;
}


/* the same where headers must not go on at all: the list is a new one */

static ngx_int_t
ngx_smartmsg_copy_headers(ngx_http_request_t *r, ngx_smartmsg_asked_t *asked)
{
    ngx_list_t            list;
    ngx_table_elt_t      *header, *copy, *none_match, *since;
    ngx_smartmsg_iter_t   iter;

    none_match = NULL;
    since = NULL;

    if (ngx_list_init(&list, r->pool, 20, sizeof(ngx_table_elt_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (ngx_smartmsg_is_dropped(r, header, asked)) {
            continue;
        }

        copy = ngx_list_push(&list);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        *copy = *header;

        if (asked->encoding
            && ngx_smartmsg_header_is(header, &ngx_smartmsg_accept_encoding))
        {
            copy->value = *asked->encoding;
        }

        if (header == r->headers_in.if_none_match) {
            copy->value = asked->none_match;
            none_match = copy;
        }

        if (header == r->headers_in.if_modified_since) {
            since = copy;
        }
    }

    r->headers_in.headers = list;

    /* a single part: "last" must point into the request, not to the stack */

    if (list.last == &list.part) {
        r->headers_in.headers.last = &r->headers_in.headers.part;
    }

    r->headers_in.if_none_match = none_match;
    r->headers_in.if_modified_since = since;

    return NGX_OK;
}


static ngx_uint_t
ngx_smartmsg_is_dropped(ngx_http_request_t *r, ngx_table_elt_t *header,
    ngx_smartmsg_asked_t *asked)
{
    if (ngx_smartmsg_header_is(header, &ngx_smartmsg_none_match)) {
        return (asked->none_match.len == 0
                || header != r->headers_in.if_none_match);
    }

    return (!asked->since
            && ngx_smartmsg_header_is(header, &ngx_smartmsg_since));
}
