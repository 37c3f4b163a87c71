
#include "http/ngx_smartmsg.h"


static ngx_uint_t ngx_smartmsg_for_shared(ngx_str_t *name);
static ngx_uint_t ngx_smartmsg_public_directive(u_char *p, size_t len);
static ngx_int_t ngx_smartmsg_append_private(ngx_http_request_t *r,
    ngx_table_elt_t *header);


static ngx_str_t  ngx_smartmsg_cache_control = ngx_string("cache-control");


/*
 * What one visitor gets must not be served to another by a shared cache: the
 * response becomes "private" (RFC 9111, section 5.2.2.7) unless the shop is
 * stricter already.  The browser's own caching stays as the shop wants it.
 */

ngx_int_t
ngx_smartmsg_make_private(ngx_http_request_t *r)
{
    ngx_str_t             value;
    ngx_uint_t            found;
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    found = 0;

    ngx_smartmsg_iter_init(&iter, &r->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->hash == 0) {
            continue;
        }

        if (ngx_smartmsg_for_shared(&header->key)) {
            header->hash = 0;
            continue;
        }

        if (!ngx_smartmsg_header_is(header, &ngx_smartmsg_cache_control)) {
            continue;
        }

        found = 1;

        if (!ngx_smartmsg_contains(&header->value, "no-store")
            && ngx_smartmsg_append_private(r, header) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (found) {
        return NGX_OK;
    }

    ngx_str_set(&value, "private");

    return ngx_smartmsg_add_header(r, "Cache-Control", &value);
}


/*
 * Headers that allow a CDN what Cache-Control forbids: CDN-Cache-Control and
 * its kin (RFC 9213), and what was there before.
 */

static ngx_uint_t
ngx_smartmsg_for_shared(ngx_str_t *name)
{
    ngx_str_t  *old;

    static ngx_str_t  targeted = ngx_string("-cache-control");

    static ngx_str_t  names[] = {
        ngx_string("surrogate-control"),
        ngx_string("edge-control"),
        ngx_null_string
    };

    if (name->len > targeted.len
        && ngx_strncasecmp(name->data + name->len - targeted.len,
                           targeted.data, targeted.len)
           == 0)
    {
        return 1;
    }

    for (old = names; old->len; old++) {

        if (name->len == old->len
            && ngx_strncasecmp(name->data, old->data, old->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* copies the directives that do not speak of shared caches */

static ngx_int_t
ngx_smartmsg_append_private(ngx_http_request_t *r, ngx_table_elt_t *header)
{
    u_char  *p, *last, *end, *out;

    out = ngx_pnalloc(r->pool, header->value.len + sizeof(", private") - 1);
    if (out == NULL) {
        return NGX_ERROR;
    }

    p = header->value.data;
    last = p + header->value.len;

    header->value.data = out;

    while (p < last) {

        end = ngx_strlchr(p, last, ',');
        if (end == NULL) {
            end = last;
        }

        while (p < end && (*p == ' ' || *p == '\t')) {
            p++;
        }

        if (p < end && !ngx_smartmsg_public_directive(p, end - p)) {

            if (out != header->value.data) {
                *out++ = ',';
                *out++ = ' ';
            }

            out = ngx_cpymem(out, p, end - p);
        }

        p = end + 1;
    }

    if (out != header->value.data) {
        *out++ = ',';
        *out++ = ' ';
    }

    out = ngx_cpymem(out, "private", sizeof("private") - 1);

    header->value.len = out - header->value.data;

    return NGX_OK;
}


static ngx_uint_t
ngx_smartmsg_public_directive(u_char *p, size_t len)
{
    while (len && (p[len - 1] == ' ' || p[len - 1] == '\t')) {
        len--;
    }

    if (len == 6 && ngx_strncasecmp(p, (u_char *) "public", 6) == 0) {
        return 1;
    }

    if (len == 7 && ngx_strncasecmp(p, (u_char *) "private", 7) == 0) {
        return 1;
    }

    return (len >= 8 && ngx_strncasecmp(p, (u_char *) "s-maxage", 8) == 0);
}
