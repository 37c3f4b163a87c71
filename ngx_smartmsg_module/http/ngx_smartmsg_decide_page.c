
/*
 * The page that GET .../decide asks about:
 *
 *   page      path and query of the page, as in the request line
 *   referrer  document.referrer, in place of the header
 *   lang      of <html>
 *   view=0    this page view has been counted
 *
 * All of it is foreign.  The path is read by nginx's own parser, so that it
 * names the location, and nothing else, that a request for it would get to.
 */


#include "http/ngx_smartmsg.h"

#include "core/query.h"


#define NGX_SMARTMSG_REFERRER_SIZE  1024


static ngx_int_t ngx_smartmsg_decide_language(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_decide_decode(ngx_http_request_t *r,
    ngx_str_t *page);
static ngx_int_t ngx_smartmsg_decide_uri(ngx_http_request_t *r,
    ngx_str_t *page);
static ngx_int_t ngx_smartmsg_decide_referer(ngx_http_request_t *r,
    ngx_str_t *referrer);


ngx_int_t
ngx_smartmsg_decide_page(ngx_smartmsg_ctx_t *ctx)
{
    u_char                     *p;
    ngx_int_t                   rc;
    ngx_str_t                   page, referrer, view;
    ngx_http_request_t         *r;
    ngx_smartmsg_main_conf_t   *mcf;

    r = ctx->request;

    rc = ngx_smartmsg_decide_decode(r, &page);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx->again = (ngx_http_arg(r, (u_char *) "view", 4, &view) == NGX_OK
                  && view.len == 1 && view.data[0] == '0');

    if (ngx_smartmsg_decide_language(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, NGX_SMARTMSG_REFERRER_SIZE);
    if (p == NULL) {
        return NGX_ERROR;
    }

    referrer.data = p;
    (void) smartmsg_query_get(ngx_smartmsg_str(&r->args),
                              smartmsg_str("referrer", 8), (char *) p,
                              NGX_SMARTMSG_REFERRER_SIZE, &referrer.len);

    if (ngx_smartmsg_decide_referer(r, &referrer) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_smartmsg_decide_uri(r, &page);
    if (rc != NGX_OK) {
        return rc;
    }

    /* a server's "if" may have asked for it, and nginx has kept it */

    mcf = ngx_http_get_module_main_conf(r, ngx_smartmsg_module);

    if (r->variables) {
        r->variables[mcf->request_uri].valid = 0;
        r->variables[mcf->request_uri].not_found = 0;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_decide_language(ngx_smartmsg_ctx_t *ctx)
{
    char                 buf[SMARTMSG_HTML_LANG];
    size_t               len;
    ngx_http_request_t  *r;

    r = ctx->request;

    if (!smartmsg_query_get(ngx_smartmsg_str(&r->args),
                            smartmsg_str("lang", 4), buf, sizeof(buf), &len)
        || len == 0)
    {
        return NGX_OK;
    }

    ctx->language.data = ngx_pnalloc(r->pool, len);
    if (ctx->language.data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ctx->language.data, buf, len);
    ctx->language.len = len;

    return NGX_OK;
}


/* what no request line has, a URL of another site or a fragment is refused */

static ngx_int_t
ngx_smartmsg_decide_decode(ngx_http_request_t *r, ngx_str_t *page)
{
    u_char     *src, *dst, *p;
    ngx_str_t   arg;

    if (ngx_http_arg(r, (u_char *) "page", 4, &arg) != NGX_OK) {
        return NGX_DECLINED;
    }

    dst = ngx_pnalloc(r->pool, arg.len + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    page->data = dst;
    src = arg.data;

    ngx_unescape_uri(&dst, &src, arg.len, 0);

    page->len = dst - page->data;

    /* nginx's parser looks at one byte more */

    *dst = LF;

    if (page->len == 0 || page->data[0] != '/') {
        return NGX_DECLINED;
    }

    for (p = page->data; p < dst; p++) {
        if (*p <= ' ' || *p == 0x7f || *p == '#') {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


/* as ngx_http_process_request_uri() does for a request line */

static ngx_int_t
ngx_smartmsg_decide_uri(ngx_http_request_t *r, ngx_str_t *page)
{
    ngx_str_t                  uri;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    uri = r->uri;

    r->uri.data = ngx_pnalloc(r->pool, page->len + 1);
    if (r->uri.data == NULL) {
        r->uri = uri;
        return NGX_ERROR;
    }

    r->uri_start = page->data;
    r->uri_end = page->data + page->len;

    if (ngx_http_parse_complex_uri(r, cscf->merge_slashes) != NGX_OK) {
        r->uri = uri;
        return NGX_DECLINED;
    }

    ngx_str_null(&r->args);

    if (r->args_start && r->uri_end > r->args_start) {
        r->args.data = r->args_start;
        r->args.len = r->uri_end - r->args_start;
    }

    r->unparsed_uri = *page;

    return NGX_OK;
}


/* the header of the request itself names the page that asks */

static ngx_int_t
ngx_smartmsg_decide_referer(ngx_http_request_t *r, ngx_str_t *referrer)
{
    ngx_table_elt_t  *header;

    static ngx_str_t  name = ngx_string("Referer");
    static u_char     lowcase[] = "referer";

    header = r->headers_in.referer;

    if (header == NULL) {

        if (referrer->len == 0) {
            return NGX_OK;
        }

        header = ngx_list_push(&r->headers_in.headers);
        if (header == NULL) {
            return NGX_ERROR;
        }

        header->hash = ngx_hash_key(lowcase, name.len);
#if (nginx_version >= 1023000)
        header->next = NULL;
#endif
        header->key = name;
        header->lowcase_key = lowcase;

        r->headers_in.referer = header;
    }

    header->value = *referrer;

    return NGX_OK;
}
