
/*
 * Facts of where the visitor came from: referrer., utm., click.  What this
 * page tells counts; if it tells nothing, what the session began with.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_session.h"

#include "core/click.h"
#include "core/query.h"
#include "core/search.h"


static void ngx_smartmsg_source_referrer_host(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_referrer_search(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_referrer_term(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_utm(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_click_id(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_click_source(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_of_session(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);


const ngx_smartmsg_source_t  ngx_smartmsg_origin_sources[] = {
    { ngx_string("referrer.host"), ngx_smartmsg_source_referrer_host },
    { ngx_string("referrer.search"), ngx_smartmsg_source_referrer_search },
    { ngx_string("referrer.term"), ngx_smartmsg_source_referrer_term },
    { ngx_string("utm."), ngx_smartmsg_source_utm },
    { ngx_string("click.id"), ngx_smartmsg_source_click_id },
    { ngx_string("click.source"), ngx_smartmsg_source_click_source },
    { ngx_null_string, NULL }
};


static void
ngx_smartmsg_source_referrer_host(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    char       host[SMARTMSG_HOST_MAX];
    ngx_str_t  page;

    static ngx_str_t  field = ngx_string("referrer");

    if (ngx_smartmsg_foreign_referrer(ctx, host)) {
        ngx_smartmsg_value_host(ctx, &ctx->headers.referer, value);

    } else if (ngx_smartmsg_session_get(ctx, &field, &page) == NGX_OK) {
        ngx_smartmsg_value_host(ctx, &page, value);
    }
}


static void
ngx_smartmsg_source_referrer_search(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    smartmsg_str_t    engine;
    smartmsg_value_t  host;

    host = smartmsg_value_missing();

    ngx_smartmsg_source_referrer_host(ctx, name, &host);

    if (host.type != SMARTMSG_STRING) {
        return;
    }

    engine = smartmsg_search_engine(host.u.string);

    if (engine.len) {
        *value = smartmsg_value_string(engine.data, engine.len);
    }
}


static void
ngx_smartmsg_source_referrer_term(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    char       host[SMARTMSG_HOST_MAX], buf[NGX_SMARTMSG_TERM_SIZE];
    size_t     len, host_len;

    host_len = ngx_smartmsg_foreign_referrer(ctx, host);

    if (host_len == 0) {
        ngx_smartmsg_source_of_session(ctx, name, value);
        return;
    }

    if (smartmsg_search_term(smartmsg_str(host, host_len),
                             ngx_smartmsg_str(&ctx->headers.referer), buf,
                             sizeof(buf), &len))
    {
        ngx_smartmsg_value_copy(ctx, buf, len, value);
    }
}


static void
ngx_smartmsg_source_utm(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    u_char     buf[sizeof("utm_") + 32];
    ngx_str_t  arg;

    if (name->len > 32) {
        return;
    }

    arg.data = buf;
    arg.len = ngx_sprintf(buf, "utm_%V", name) - buf;

    if (ngx_smartmsg_value_arg(ctx, &arg, value) == NGX_OK) {
        return;
    }

    buf[3] = '.';

    ngx_smartmsg_source_of_session(ctx, &arg, value);
}


static void
ngx_smartmsg_source_click_id(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    char            buf[NGX_SMARTMSG_CLICK_SIZE];
    size_t          len;
    smartmsg_str_t  source;

    if (smartmsg_click_find(ngx_smartmsg_str(&ctx->request->args), &source,
                            buf, sizeof(buf), &len))
    {
        ngx_smartmsg_value_copy(ctx, buf, len, value);

    } else {
        ngx_smartmsg_source_of_session(ctx, name, value);
    }
}


static void
ngx_smartmsg_source_click_source(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    char            buf[NGX_SMARTMSG_CLICK_SIZE];
    size_t          len;
    smartmsg_str_t  source;

    if (smartmsg_click_find(ngx_smartmsg_str(&ctx->request->args), &source,
                            buf, sizeof(buf), &len))
    {
        *value = smartmsg_value_string(source.data, source.len);

    } else {
        ngx_smartmsg_source_of_session(ctx, name, value);
    }
}


static void
ngx_smartmsg_source_of_session(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_session_get(ctx, name, &text) == NGX_OK) {
        ngx_smartmsg_value_string(value, &text);
    }
}
