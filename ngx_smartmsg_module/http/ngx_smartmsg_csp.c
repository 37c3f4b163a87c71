
#include "http/ngx_smartmsg.h"

#include "core/csp.h"


#define NGX_SMARTMSG_EVENT   "/event"
#define NGX_SMARTMSG_DECIDE  "/decide"


struct ngx_smartmsg_csp_s {
    smartmsg_csp_page_t    page;
    smartmsg_csp_value_t   values[NGX_SMARTMSG_MAX_POLICIES + 1];
    ngx_uint_t             n;
};


static ngx_int_t ngx_smartmsg_csp_start(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_csp_decide(ngx_smartmsg_ctx_t *ctx);
static unsigned ngx_smartmsg_csp_port(ngx_http_request_t *r);


static ngx_str_t  ngx_smartmsg_csp_name =
    ngx_string("content-security-policy");

static ngx_str_t  ngx_smartmsg_csp_report_name =
    ngx_string("content-security-policy-report-only");

static ngx_str_t  ngx_smartmsg_integrity_names[] = {
    ngx_string("integrity-policy"),
    ngx_string("integrity-policy-report-only")
};


ngx_int_t
ngx_smartmsg_csp_headers(ngx_smartmsg_ctx_t *ctx)
{
    ngx_uint_t             report_only;
    ngx_table_elt_t       *header;
    smartmsg_csp_value_t  *value;
    ngx_smartmsg_iter_t    iter;

    ctx->csp = NULL;
    ngx_str_null(&ctx->nonce);

    ngx_smartmsg_iter_init(&iter, &ctx->request->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {

        if (header->hash == 0) {
            continue;
        }

        /* scripts without an integrity attribute would not run, or be reported */

        if ((ngx_smartmsg_header_is(header, &ngx_smartmsg_integrity_names[0])
             || ngx_smartmsg_header_is(header,
                                       &ngx_smartmsg_integrity_names[1]))
            && ngx_smartmsg_contains(&header->value, "script"))
        {
            return NGX_DECLINED;
        }

        report_only = ngx_smartmsg_header_is(header,
                                             &ngx_smartmsg_csp_report_name);

        if (!report_only
            && !ngx_smartmsg_header_is(header, &ngx_smartmsg_csp_name))
        {
            continue;
        }

        if (ctx->csp == NULL && ngx_smartmsg_csp_start(ctx) != NGX_OK) {
            return NGX_DECLINED;
        }

        /* more policies than any shop sends: do not guess */

        if (ctx->csp->n == NGX_SMARTMSG_MAX_POLICIES) {
            return NGX_DECLINED;
        }

        value = &ctx->csp->values[ctx->csp->n++];

        value->value = ngx_smartmsg_str(&header->value);
        value->report_only = report_only;
        value->meta = false;
    }

    return ngx_smartmsg_csp_decide(ctx);
}


/* the policies of the page's head come on top of those of the header */

ngx_int_t
ngx_smartmsg_csp_page(ngx_smartmsg_ctx_t *ctx)
{
    smartmsg_csp_value_t  *value;

    if (ctx->html.csp_overflow) {
        return NGX_DECLINED;
    }

    if (ctx->html.csp_len == 0) {
        return NGX_OK;
    }

    if (ctx->csp == NULL && ngx_smartmsg_csp_start(ctx) != NGX_OK) {
        return NGX_DECLINED;
    }

    value = &ctx->csp->values[ctx->csp->n++];

    value->value = smartmsg_str(ctx->html.csp, ctx->html.csp_len);
    value->report_only = false;
    value->meta = true;

    return ngx_smartmsg_csp_decide(ctx);
}


/* may the page show the message's image, if it has one? */

ngx_int_t
ngx_smartmsg_csp_image(ngx_smartmsg_ctx_t *ctx,
    const smartmsg_message_t *message)
{
    smartmsg_str_t  image;

    if (ctx->csp == NULL) {
        return NGX_OK;
    }

    image = smartmsg_message_image(message);
    ctx->csp->page.base = ctx->html.base;

    if (image.len == 0
        || smartmsg_csp_allows_image(&ctx->csp->page, ctx->csp->values,
                                     ctx->csp->n, image))
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_INFO, ctx->request->connection->log, 0,
                  "smartmsg: the page's policy forbids the image \"%*s\"",
                  image.len, image.data);

    return NGX_DECLINED;
}


static ngx_int_t
ngx_smartmsg_csp_start(ngx_smartmsg_ctx_t *ctx)
{
    u_char                    *p, *event, *decide;
    ngx_http_request_t        *r;
    smartmsg_csp_page_t       *page;
    ngx_smartmsg_srv_conf_t   *scf;

    r = ctx->request;
    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ctx->csp = ngx_pcalloc(r->pool, sizeof(ngx_smartmsg_csp_t));
    if (ctx->csp == NULL) {
        return NGX_ERROR;
    }

    event = ngx_pnalloc(r->pool, 2 * scf->endpoint.len
                                 + sizeof(NGX_SMARTMSG_EVENT
                                          NGX_SMARTMSG_DECIDE) - 1);
    if (event == NULL) {
        return NGX_ERROR;
    }

    decide = ngx_sprintf(event, "%V" NGX_SMARTMSG_EVENT, &scf->endpoint);
    p = ngx_sprintf(decide, "%V" NGX_SMARTMSG_DECIDE, &scf->endpoint);

    page = &ctx->csp->page;

    page->https = ngx_smartmsg_is_https(r, &ctx->headers);

    /*
     * Browsers send Sec-Fetch-* to nobody else than those whom they trust; a
     * page for everyone does not depend on it.
     */

    page->upgradable = !page->https
                       && (ctx->neutral
                           || (ctx->headers.fetch_dest.len == 0
                               && ctx->headers.fetch_site.len == 0));

    page->host = ngx_smartmsg_str(&r->headers_in.server);
    page->port = ngx_smartmsg_csp_port(r);
    page->script = ngx_smartmsg_str(&scf->script);
    page->ui = ngx_smartmsg_str(&scf->ui);
    page->event = smartmsg_str((char *) event, decide - event);
    page->decide = smartmsg_str((char *) decide, p - decide);

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_csp_decide(ngx_smartmsg_ctx_t *ctx)
{
    smartmsg_csp_result_t  result;

    if (ctx->csp == NULL) {
        return NGX_OK;
    }

    result = smartmsg_csp_decide(&ctx->csp->page, ctx->csp->values,
                                 ctx->csp->n);

    switch (result.verdict) {

    case SMARTMSG_CSP_ALLOW:
        ngx_str_null(&ctx->nonce);
        return NGX_OK;

    case SMARTMSG_CSP_NONCE:
        ctx->nonce.data = (u_char *) result.nonce.data;
        ctx->nonce.len = result.nonce.len;
        return NGX_OK;

    default: /* SMARTMSG_CSP_BLOCK */
        ngx_log_error(NGX_LOG_INFO, ctx->request->connection->log, 0,
                      "smartmsg: the page's policy forbids the script: %s",
                      result.directive);
        return NGX_DECLINED;
    }
}


static unsigned
ngx_smartmsg_csp_port(ngx_http_request_t *r)
{
    u_char     *p, *last;
    ngx_int_t   port;
    ngx_str_t  *host;

    if (r->headers_in.host == NULL) {
        return 0;
    }

    host = &r->headers_in.host->value;
    last = host->data + host->len;

    for (p = last; p > host->data; p--) {

        if (p[-1] == ':') {
            port = ngx_atoi(p, last - p);
            return (port > 0 && port < 65536) ? port : 0;
        }

        if (p[-1] < '0' || p[-1] > '9') {
            return 0;
        }
    }

    return 0;
}
