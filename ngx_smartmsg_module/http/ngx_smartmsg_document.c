
#include "http/ngx_smartmsg.h"


static ngx_str_t *ngx_smartmsg_header_place(ngx_smartmsg_headers_t *h,
    ngx_table_elt_t *header);


/*
 * One pass, since a browser sends many headers, and few of them matter.  Each
 * name is told by its length first.
 */

void
ngx_smartmsg_read_headers(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    ngx_str_t            *value;
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    ngx_memzero(h, sizeof(ngx_smartmsg_headers_t));

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        value = ngx_smartmsg_header_place(h, header);

        if (value && value->len == 0) {
            *value = header->value;
        }
    }
}


/* where in "h" the header belongs; NULL: nobody asks for it */

static ngx_str_t *
ngx_smartmsg_header_place(ngx_smartmsg_headers_t *h, ngx_table_elt_t *header)
{
    u_char  *name;

    name = header->lowcase_key;

    switch (header->key.len) {

    case 3:
        return ngx_smartmsg_same(name, "dnt") ? &h->dnt : NULL;

    case 5:
        return ngx_smartmsg_same(name, "range") ? &h->range : NULL;

    case 6:
        if (ngx_smartmsg_same(name, "cookie")) {
            h->cookie = h->cookies++ ? h->cookie : header;
            return NULL;
        }

        return ngx_smartmsg_same(name, "accept") ? &h->accept
               : ngx_smartmsg_same(name, "origin") ? &h->origin : NULL;

    case 7:
        return ngx_smartmsg_same(name, "referer") ? &h->referer
               : ngx_smartmsg_same(name, "sec-gpc") ? &h->gpc
               : ngx_smartmsg_same(name, "upgrade") ? &h->upgrade
               : ngx_smartmsg_same(name, "purpose") ? &h->purpose : NULL;

    case 11:
        return ngx_smartmsg_same(name, "sec-purpose") ? &h->purpose : NULL;

    case 14:
        return ngx_smartmsg_same(name, "sec-fetch-dest") ? &h->fetch_dest
               : ngx_smartmsg_same(name, "sec-fetch-site") ? &h->fetch_site
               : NULL;

    case 15:
        if (ngx_smartmsg_same(name, "accept-encoding")) {
            h->encoding = h->encodings++ ? h->encoding : header;
            return &h->accept_encoding;
        }

        return ngx_smartmsg_same(name, "accept-language")
               ? &h->accept_language : NULL;

    case 16:
        return ngx_smartmsg_same(name, "x-requested-with")
               ? &h->requested_with : NULL;

    case 17:
        return ngx_smartmsg_same(name, "x-forwarded-proto")
               ? &h->forwarded_proto : NULL;

    default:
        return NULL;
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
                && ngx_smartmsg_same_word(h->fetch_dest.data, "document"));
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

    /* what browsers say */

    if (value->len > 5 && ngx_smartmsg_same(value->data, "gzip,")) {
        return 1;
    }

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
