
#include "http/ngx_smartmsg.h"


typedef struct {
    ngx_str_t    name;
    ngx_uint_t   offset;
} ngx_smartmsg_header_name_t;


static ngx_smartmsg_header_name_t  ngx_smartmsg_header_names[] = {

    { ngx_string("accept"), offsetof(ngx_smartmsg_headers_t, accept) },

    { ngx_string("accept-encoding"),
      offsetof(ngx_smartmsg_headers_t, accept_encoding) },

    { ngx_string("accept-language"),
      offsetof(ngx_smartmsg_headers_t, accept_language) },

    { ngx_string("origin"), offsetof(ngx_smartmsg_headers_t, origin) },

    { ngx_string("purpose"), offsetof(ngx_smartmsg_headers_t, purpose) },

    { ngx_string("range"), offsetof(ngx_smartmsg_headers_t, range) },

    { ngx_string("referer"), offsetof(ngx_smartmsg_headers_t, referer) },

    { ngx_string("sec-fetch-dest"),
      offsetof(ngx_smartmsg_headers_t, fetch_dest) },

    { ngx_string("sec-fetch-site"),
      offsetof(ngx_smartmsg_headers_t, fetch_site) },

    { ngx_string("sec-purpose"), offsetof(ngx_smartmsg_headers_t, purpose) },

    { ngx_string("upgrade"), offsetof(ngx_smartmsg_headers_t, upgrade) },

    { ngx_string("x-forwarded-proto"),
      offsetof(ngx_smartmsg_headers_t, forwarded_proto) },

    { ngx_string("x-requested-with"),
      offsetof(ngx_smartmsg_headers_t, requested_with) },

    { ngx_null_string, 0 }
};


void
ngx_smartmsg_read_headers(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    ngx_str_t                   *value;
    ngx_table_elt_t             *header;
    ngx_smartmsg_iter_t          iter;
    ngx_smartmsg_header_name_t  *name;

    ngx_memzero(h, sizeof(ngx_smartmsg_headers_t));

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        for (name = ngx_smartmsg_header_names; name->name.len; name++) {

            if (!ngx_smartmsg_header_is(header, &name->name)) {
                continue;
            }

            value = (ngx_str_t *) ((u_char *) h + name->offset);

            if (value->len == 0) {
                *value = header->value;
            }

            break;
        }
    }
}


/*
 * A page view is the navigation of a tab.  Browsers say so in Sec-Fetch-Dest;
 * older ones are recognised by what they accept.  A range request asks for a
 * part of something it already has, and HEAD for no body at all.
 */

ngx_uint_t
ngx_smartmsg_is_document(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_POST))) {
        return 0;
    }

    if (h->range.len || h->upgrade.len) {
        return 0;
    }

    if (h->fetch_dest.len) {
        return (h->fetch_dest.len == sizeof("document") - 1
                && ngx_strncasecmp(h->fetch_dest.data, (u_char *) "document",
                                   sizeof("document") - 1)
                   == 0);
    }

    return (h->requested_with.len == 0
            && ngx_smartmsg_contains(&h->accept, "text/html"));
}


/*
 * Behind a TLS terminator only X-Forwarded-Proto knows.  A client that forges
 * it gets a cookie which its browser then refuses: its own loss.
 */

ngx_uint_t
ngx_smartmsg_is_https(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
#if (NGX_HTTP_SSL)

    if (r->connection->ssl) {
        return 1;
    }

#endif

    /* of several proxies the first one has met the browser */

    return (h->forwarded_proto.len >= 5
            && ngx_strncasecmp(h->forwarded_proto.data, (u_char *) "https", 5)
               == 0
            && (h->forwarded_proto.len == 5
                || h->forwarded_proto.data[5] == ','
                || h->forwarded_proto.data[5] == ' '));
}


/* RFC 9110, section 12.5.3; a weight of zero means "no" */

ngx_uint_t
ngx_smartmsg_accepts_gzip(ngx_str_t *value)
{
    u_char  *p, *last;

    if (value->len < 4) {
        return 0;
    }

    last = value->data + value->len;

    p = ngx_strlcasestrn(value->data, last, (u_char *) "gzip", 3);
    if (p == NULL) {
        return 0;
    }

    /* "x-gzip" is another word for it that few servers know */

    if (p > value->data && p[-1] != ' ' && p[-1] != ',' && p[-1] != '\t') {
        return 0;
    }

    p += 4;

    while (p < last && (*p == ' ' || *p == ';')) {
        p++;
    }

    if (last - p < 3 || ngx_strncasecmp(p, (u_char *) "q=0", 3) != 0) {
        return 1;
    }

    for (p += 3; p < last && *p != ',' && *p != ' '; p++) {
        if (*p != '.' && *p != '0') {
            return 1;
        }
    }

    return 0;
}
