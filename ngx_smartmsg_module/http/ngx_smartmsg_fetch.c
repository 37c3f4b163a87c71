
/*
 * smartmsg_mode fetch: every visitor gets the same page, so that a shared
 * cache may keep it.  It has the script alone; the script asks for what is
 * this visitor's (ngx_smartmsg_decide.c).
 *
 * What is put into a page depends on the response and on the configuration,
 * never on the visitor, nor on what rules there are: a page that is cached
 * without the script would know nothing of a rule that is switched on later.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_pack.h"


static ngx_uint_t ngx_smartmsg_fetch_here(ngx_http_request_t *r);
static ngx_uint_t ngx_smartmsg_fetch_candidate(ngx_smartmsg_headers_t *h);


void
ngx_smartmsg_fetch_request(ngx_http_request_t *r)
{
    ngx_smartmsg_ctx_t      *ctx;
    ngx_smartmsg_headers_t   headers;

    if (!ngx_smartmsg_fetch_here(r)) {
        return;
    }

    ngx_smartmsg_read_headers(r, &headers);

    if (!ngx_smartmsg_fetch_candidate(&headers)
        || ngx_smartmsg_ask_upstream_neutral(r, &headers) != NGX_OK)
    {
        return;
    }

    /* what is "not modified" then has our validator as well */

    ctx = ngx_smartmsg_create_ctx(r);

    if (ctx) {
        ctx->headers = headers;
        ctx->neutral = 1;
        ctx->tagged = 1;
    }
}


ngx_smartmsg_ctx_t *
ngx_smartmsg_fetch_response(ngx_http_request_t *r)
{
    ngx_smartmsg_ctx_t  *ctx;

    ctx = ngx_smartmsg_get_ctx(r);

    if (ctx || r->headers_out.status != NGX_HTTP_OK
        || !ngx_smartmsg_is_html(r) || !ngx_smartmsg_fetch_here(r))
    {
        return ctx;
    }

    ctx = ngx_smartmsg_create_ctx(r);

    if (ctx) {
        ngx_smartmsg_read_headers(r, &ctx->headers);
        ctx->neutral = 1;
    }

    return ctx;
}


/*
 * smartmsg_bypass is not asked: it may look at the visitor, and is asked when
 * the browser wants the decision.
 */

static ngx_uint_t
ngx_smartmsg_fetch_here(ngx_http_request_t *r)
{
    ngx_smartmsg_srv_conf_t  *scf;
    ngx_smartmsg_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);
    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    return (lcf->enable
            && !lcf->endpoint
            && scf->endpoint.len
            && scf->site->redis_conf
            && (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST))
            && !(lcf->pack && ngx_smartmsg_pack_ignores(r)));
}


/*
 * May the response be a page?  Caches leave out many headers, or send those
 * of whoever came first, so only what is surely no page is passed over.
 */

static ngx_uint_t
ngx_smartmsg_fetch_candidate(ngx_smartmsg_headers_t *h)
{
    if (h->range.len || h->upgrade.len) {
        return 0;
    }

    if (h->fetch_dest.len == 0) {
        return (h->accept.len == 0
                || ngx_smartmsg_contains(&h->accept, "text/html")
                || ngx_smartmsg_contains(&h->accept, "*/*"));
    }

    return (ngx_smartmsg_contains(&h->fetch_dest, "document")
            || ngx_smartmsg_contains(&h->accept, "text/html"));
}


/*
 * "abc" of the shop becomes W/"abc-smXXXXXXXX": a page that was cached before
 * the script changed, or came, must not be confirmed.  A date cannot tell, so
 * there is none.
 */

ngx_int_t
ngx_smartmsg_fetch_validators(ngx_smartmsg_ctx_t *ctx)
{
    u_char                   *p;
    ngx_str_t                 value;
    ngx_table_elt_t          *etag;
    ngx_http_request_t       *r;
    ngx_smartmsg_srv_conf_t  *scf;

    r = ctx->request;
    etag = r->headers_out.etag;

    if (etag == NULL || etag->hash == 0) {
        return NGX_OK;
    }

    value = etag->value;

    if (value.len > 2 && value.data[0] == 'W' && value.data[1] == '/') {
        value.data += 2;
        value.len -= 2;
    }

    if (value.len < 2 || value.data[0] != '"'
        || value.data[value.len - 1] != '"')
    {
        ngx_http_clear_etag(r);
        return NGX_OK;
    }

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    value.len--;

    p = ngx_pnalloc(r->pool, sizeof("W/\"") + value.len
                             + NGX_SMARTMSG_TAG_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    etag->value.data = p;
    etag->value.len = ngx_sprintf(p, "W/%V" NGX_SMARTMSG_TAG "\"", &value,
                                  scf->tag)
                      - p;

    return NGX_OK;
}
