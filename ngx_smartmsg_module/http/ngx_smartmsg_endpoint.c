
/*
 * The location with smartmsg_endpoint: the files of the runtime under their
 * hashes, the receiver of events, and decisions without a page.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_runtime.h"


static const smartmsg_runtime_t *ngx_smartmsg_find_runtime(ngx_str_t *name,
    ngx_uint_t *current);
static ngx_uint_t ngx_smartmsg_is_hash(u_char *p, size_t len);
static ngx_int_t ngx_smartmsg_runtime_handler(ngx_http_request_t *r,
    const smartmsg_runtime_t *file, ngx_uint_t current);
static ngx_int_t ngx_smartmsg_runtime_headers(ngx_http_request_t *r,
    ngx_uint_t current);
static ngx_int_t ngx_smartmsg_runtime_encoding(ngx_http_request_t *r);
static ngx_int_t ngx_smartmsg_literal(ngx_http_request_t *r,
    const char *name, const char *text);


ngx_int_t
ngx_smartmsg_endpoint_handler(ngx_http_request_t *r)
{
    ngx_str_t                  name;
    ngx_uint_t                 current;
    ngx_smartmsg_srv_conf_t   *scf;
    const smartmsg_runtime_t  *file;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    if (r->uri.len <= scf->endpoint.len
        || r->uri.data[scf->endpoint.len] != '/')
    {
        return NGX_HTTP_NOT_FOUND;
    }

    name.data = r->uri.data + scf->endpoint.len + 1;
    name.len = r->uri.len - scf->endpoint.len - 1;

    if (name.len == sizeof("event") - 1
        && ngx_strncmp(name.data, "event", name.len) == 0)
    {
        if (r->method != NGX_HTTP_POST) {
            return ngx_smartmsg_not_allowed(r, "POST");
        }

        return ngx_smartmsg_event_handler(r);
    }

    if (name.len == sizeof("decide") - 1
        && ngx_strncmp(name.data, "decide", name.len) == 0)
    {
        if (r->method != NGX_HTTP_GET) {
            return ngx_smartmsg_not_allowed(r, "GET");
        }

        return ngx_smartmsg_decide_handler(r);
    }

    file = ngx_smartmsg_find_runtime(&name, &current);

    if (file != NULL) {

        if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
            return ngx_smartmsg_not_allowed(r, "GET, HEAD");
        }

        return ngx_smartmsg_runtime_handler(r, file, current);
    }

    return NGX_HTTP_NOT_FOUND;
}


ngx_int_t
ngx_smartmsg_not_allowed(ngx_http_request_t *r, const char *methods)
{
    if (ngx_smartmsg_literal(r, "Allow", methods) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_HTTP_NOT_ALLOWED;
}


/*
 * rt.HASH.js or ui.HASH.js.  While nginx is upgraded, on this or on another
 * machine, pages may ask for a version that is not here: this one will do as
 * well, but must not be kept under that name.
 */

static const smartmsg_runtime_t *
ngx_smartmsg_find_runtime(ngx_str_t *name, ngx_uint_t *current)
{
    u_char                    *hash;
    const smartmsg_runtime_t  *file;

    if (name->len != sizeof("rt..js") - 1 + SMARTMSG_RUNTIME_HASH_LEN
        || name->data[2] != '.')
    {
        return NULL;
    }

    if (ngx_strncmp(name->data, smartmsg_runtime_rt.name, 2) == 0) {
        file = &smartmsg_runtime_rt;

    } else if (ngx_strncmp(name->data, smartmsg_runtime_ui.name, 2) == 0) {
        file = &smartmsg_runtime_ui;

    } else {
        return NULL;
    }

    hash = name->data + 3;

    if (!ngx_smartmsg_is_hash(hash, SMARTMSG_RUNTIME_HASH_LEN)
        || ngx_strncmp(hash + SMARTMSG_RUNTIME_HASH_LEN, ".js", 3) != 0)
    {
        return NULL;
    }

    *current = (ngx_strncmp(hash, file->hash, SMARTMSG_RUNTIME_HASH_LEN) == 0);

    return file;
}


static ngx_uint_t
ngx_smartmsg_is_hash(u_char *p, size_t len)
{
    u_char  *last;

    for (last = p + len; p < last; p++) {
        if (!((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'f'))) {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
ngx_smartmsg_runtime_handler(ngx_http_request_t *r,
    const smartmsg_runtime_t *file, ngx_uint_t current)
{
    ngx_int_t               rc;
    ngx_buf_t              *b;
    ngx_chain_t             out;
    const u_char           *data;
    ngx_smartmsg_headers_t  headers;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    data = file->data;
    r->headers_out.content_length_n = file->len;

    ngx_smartmsg_read_headers(r, &headers);

    if (ngx_smartmsg_accepts_gzip(&headers.accept_encoding)) {

        data = file->gz;
        r->headers_out.content_length_n = file->gz_len;

        if (ngx_smartmsg_runtime_encoding(r) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (ngx_smartmsg_runtime_headers(r, current) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->start = (u_char *) data;
    b->pos = b->start;
    b->last = b->start + r->headers_out.content_length_n;
    b->end = b->last;
    b->memory = 1;
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


static ngx_int_t
ngx_smartmsg_runtime_headers(ngx_http_request_t *r, ngx_uint_t current)
{
    const char  *caching;

    r->headers_out.status = NGX_HTTP_OK;

    ngx_str_set(&r->headers_out.content_type, "text/javascript");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_set(&r->headers_out.charset, "utf-8");

    caching = current ? "public, max-age=31536000, immutable" : "no-store";

    if (ngx_smartmsg_literal(r, "Cache-Control", caching) != NGX_OK
        || ngx_smartmsg_literal(r, "Vary", "Accept-Encoding") != NGX_OK
        || ngx_smartmsg_literal(r, "X-Content-Type-Options", "nosniff")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_runtime_encoding(ngx_http_request_t *r)
{
    ngx_str_t         value;
    ngx_table_elt_t  *header;

    ngx_str_set(&value, "gzip");

    header = ngx_smartmsg_push_header(r, "Content-Encoding", &value);
    if (header == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.content_encoding = header;

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_literal(ngx_http_request_t *r, const char *name,
    const char *text)
{
    ngx_str_t  value;

    value.data = (u_char *) text;
    value.len = ngx_strlen(text);

    return ngx_smartmsg_add_header(r, name, &value);
}
