
#include "http/ngx_smartmsg.h"


static ngx_int_t ngx_smartmsg_copy_headers(ngx_http_request_t *r,
    ngx_str_t *encoding);


static ngx_str_t  ngx_smartmsg_gzip = ngx_string("gzip");
static ngx_str_t  ngx_smartmsg_identity = ngx_string("identity");

static ngx_str_t  ngx_smartmsg_accept_encoding =
    ngx_string("accept-encoding");

static ngx_str_t  ngx_smartmsg_conditional[] = {
    ngx_string("if-none-match"),
    ngx_string("if-modified-since")
};


/*
 * What the shop is asked: for a whole page, since 304 would bring yesterday's
 * message back, and in an encoding that can be read here, if it has to be
 * encoded at all.
 */

ngx_int_t
ngx_smartmsg_ask_upstream(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    ngx_str_t  *encoding;

    encoding = NULL;

    if (h->accept_encoding.len) {
        encoding = ngx_smartmsg_accepts_gzip(&h->accept_encoding)
                   ? &ngx_smartmsg_gzip : &ngx_smartmsg_identity;

        if (encoding->len == h->accept_encoding.len
            && ngx_strncasecmp(encoding->data, h->accept_encoding.data,
                               encoding->len)
               == 0)
        {
            encoding = NULL;
        }
    }

    if (encoding == NULL
        && r->headers_in.if_none_match == NULL
        && r->headers_in.if_modified_since == NULL)
    {
        return NGX_OK;
    }

    return ngx_smartmsg_copy_headers(r, encoding);
}


/*
 * proxy sends the list of headers, everything else reads the pointers in
 * r->headers_in.  So the list is replaced by one with other contents, and the
 * client's Accept-Encoding still decides about the encoding of the response.
 */

static ngx_int_t
ngx_smartmsg_copy_headers(ngx_http_request_t *r, ngx_str_t *encoding)
{
    ngx_list_t            list;
    ngx_table_elt_t      *header, *copy;
    ngx_smartmsg_iter_t   iter;

    if (ngx_list_init(&list, r->pool, 20, sizeof(ngx_table_elt_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (ngx_smartmsg_header_is(header, &ngx_smartmsg_conditional[0])
            || ngx_smartmsg_header_is(header, &ngx_smartmsg_conditional[1]))
        {
            continue;
        }

        copy = ngx_list_push(&list);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        *copy = *header;

        if (encoding
            && ngx_smartmsg_header_is(header, &ngx_smartmsg_accept_encoding))
        {
            copy->value = *encoding;
        }
    }

    r->headers_in.headers = list;

    /* a single part: "last" must point into the request, not to the stack */

    if (list.last == &list.part) {
        r->headers_in.headers.last = &r->headers_in.headers.part;
    }

    r->headers_in.if_none_match = NULL;
    r->headers_in.if_modified_since = NULL;

    return NGX_OK;
}
