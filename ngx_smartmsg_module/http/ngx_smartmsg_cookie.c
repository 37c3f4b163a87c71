
/*
 * The visitor's cookie: finding it, setting it, deleting it.
 */


#include "http/ngx_smartmsg.h"


static ngx_int_t ngx_smartmsg_visitor_in(ngx_table_elt_t *header,
    ngx_str_t *name, ngx_str_t *visitor);


/*
 * Cookies are read from the list of headers: r->headers_in.cookies changed its
 * type in nginx 1.23.  Nearly always there is one header of them.
 */

ngx_int_t
ngx_smartmsg_find_visitor(ngx_http_request_t *r, ngx_smartmsg_headers_t *h,
    ngx_str_t *name, ngx_str_t *visitor)
{
    ngx_int_t             rc;
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    if (h->cookies == 0) {
        return NGX_DECLINED;
    }

    rc = ngx_smartmsg_visitor_in(h->cookie, name, visitor);

    if (rc != NGX_AGAIN || h->cookies == 1) {
        return (rc == NGX_OK) ? NGX_OK : NGX_DECLINED;
    }

    ngx_smartmsg_iter_init(&iter, &r->headers_in.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->key.len != sizeof("cookie") - 1
            || !ngx_smartmsg_same(header->lowcase_key, "cookie"))
        {
            continue;
        }

        rc = ngx_smartmsg_visitor_in(header, name, visitor);

        if (rc != NGX_AGAIN) {
            return rc;
        }
    }

    return NGX_DECLINED;
}


/* NGX_DECLINED: the cookie is not well-formed; NGX_AGAIN: it is not there */

static ngx_int_t
ngx_smartmsg_visitor_in(ngx_table_elt_t *header, ngx_str_t *name,
    ngx_str_t *visitor)
{
    smartmsg_str_t  value;

    if (!smartmsg_cookie_find(ngx_smartmsg_str(&header->value),
                              ngx_smartmsg_str(name), &value))
    {
        return NGX_AGAIN;
    }

    if (!smartmsg_visitor_id_valid(value)) {
        return NGX_DECLINED;
    }

    visitor->data = (u_char *) value.data;
    visitor->len = value.len;

    return NGX_OK;
}


/*
 * Names, path and domain are those of the configuration in both cases, else a
 * browser would not take the one for the other.
 */

ngx_int_t
ngx_smartmsg_send_cookie(ngx_http_request_t *r, ngx_str_t *visitor)
{
    size_t                       size;
    ngx_str_t                    value;
    smartmsg_set_cookie_t        set;
    ngx_smartmsg_headers_t       headers;
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_smartmsg_cookie_conf_t  *cookie;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);
    cookie = scf->cookie;

    ngx_smartmsg_read_headers(r, &headers);

    ngx_memzero(&set, sizeof(smartmsg_set_cookie_t));

    set.name = ngx_smartmsg_str(&cookie->name);
    set.path = ngx_smartmsg_str(&cookie->path);
    set.domain = ngx_smartmsg_str(&cookie->domain);
    set.same_site = cookie->samesite;
    set.http_only = true;
    set.secure = (cookie->secure == NGX_SMARTMSG_SECURE_ON
                  || (cookie->secure == NGX_SMARTMSG_SECURE_AUTO
                      && ngx_smartmsg_is_https(r, &headers)));

    if (visitor) {
        set.value = ngx_smartmsg_str(visitor);
        set.max_age = cookie->max_age;
    }

    size = smartmsg_cookie_size(&set);

    value.data = ngx_pnalloc(r->pool, size);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = smartmsg_cookie_write(&set, (char *) value.data, size);

    return ngx_smartmsg_add_header(r, "Set-Cookie", &value);
}
