
/*
 * Facts of the request and of the page it asks for: page., request.,
 * query., consent
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_consent.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_pack.h"
#include "http/ngx_smartmsg_session.h"


static void ngx_smartmsg_source_page_type(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_path(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_host(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_scheme(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_url(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_language(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_method(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_language(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_referrer(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_header(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_query(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_consent(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);


const ngx_smartmsg_source_t  ngx_smartmsg_request_sources[] = {
    { ngx_string("page.type"), ngx_smartmsg_source_page_type },
    { ngx_string("page.path"), ngx_smartmsg_source_page_path },
    { ngx_string("page.host"), ngx_smartmsg_source_page_host },
    { ngx_string("page.scheme"), ngx_smartmsg_source_page_scheme },
    { ngx_string("page.url"), ngx_smartmsg_source_page_url },
    { ngx_string("page.language"), ngx_smartmsg_source_page_language },
    { ngx_string("request.method"), ngx_smartmsg_source_method },
    { ngx_string("request.language"), ngx_smartmsg_source_language },
    { ngx_string("request.referrer"), ngx_smartmsg_source_referrer },
    { ngx_string("request.header."), ngx_smartmsg_source_header },
    { ngx_string("query."), ngx_smartmsg_source_query },
    { ngx_string("consent"), ngx_smartmsg_source_consent },
    { ngx_null_string, NULL }
};


static void
ngx_smartmsg_source_page_type(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  type;

    if (ngx_smartmsg_page_type(ctx->request, &type) == NGX_OK) {
        ngx_smartmsg_value_string(value, &type);
    }
}


/* as the visitor sees it: before rewrites, without arguments, decoded */

static void
ngx_smartmsg_source_page_path(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  path;

    if (ngx_smartmsg_page_path(ctx->request, &path) == NGX_OK) {
        ngx_smartmsg_value_string(value, &path);
    }
}


static void
ngx_smartmsg_source_page_host(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    if (ctx->request->headers_in.server.len) {
        ngx_smartmsg_value_string(value, &ctx->request->headers_in.server);
    }
}


static void
ngx_smartmsg_source_page_scheme(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    if (ngx_smartmsg_is_https(ctx->request, &ctx->headers)) {
        *value = smartmsg_value_string("https", sizeof("https") - 1);

    } else {
        *value = smartmsg_value_string("http", sizeof("http") - 1);
    }
}


/* the address as the browser sent it, with the port and arguments it named */

static void
ngx_smartmsg_source_page_url(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    u_char              *p;
    ngx_str_t            host, url;
    ngx_http_request_t  *r;

    r = ctx->request;

    host = r->headers_in.host ? r->headers_in.host->value
                              : r->headers_in.server;
    if (host.len == 0) {
        return;
    }

    p = ngx_pnalloc(r->pool, sizeof("https://") - 1 + host.len
                             + r->unparsed_uri.len);
    if (p == NULL) {
        return;
    }

    url.data = p;
    url.len = ngx_sprintf(p, "%s://%V%V",
                          ngx_smartmsg_is_https(r, &ctx->headers) ? "https"
                                                                  : "http",
                          &host, &r->unparsed_uri)
              - p;

    ngx_smartmsg_value_string(value, &url);
}


/*
 * Decisions are made when the header of the response is there: what it says is
 * known, what <html lang> says is not, unless the browser asks.
 */

static void
ngx_smartmsg_source_page_language(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t         *found, language;

    static ngx_str_t  content_language = ngx_string("content-language");

    if (ctx->language.len) {
        ngx_smartmsg_value_string(value, &ctx->language);
        return;
    }

    found = ngx_smartmsg_find_header(&ctx->request->headers_out.headers,
                                     &content_language);
    if (found) {
        ngx_smartmsg_first_language(found, &language);

        if (language.len) {
            ngx_smartmsg_value_string(value, &language);
            return;
        }
    }

    ngx_smartmsg_source_language(ctx, name, value);
}


static void
ngx_smartmsg_source_method(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_string(value, &ctx->request->method_name);
}


static void
ngx_smartmsg_source_language(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  language;

    ngx_smartmsg_request_language(&ctx->headers, &language);

    if (language.len) {
        ngx_smartmsg_value_string(value, &language);
    }
}


static void
ngx_smartmsg_source_referrer(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_smartmsg_value_host(ctx, &ctx->headers.referer, value);
}


static void
ngx_smartmsg_source_header(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  *found;

    found = ngx_smartmsg_find_header(&ctx->request->headers_in.headers, name);

    if (found) {
        ngx_smartmsg_value_string(value, found);
    }
}


static void
ngx_smartmsg_source_query(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    (void) ngx_smartmsg_value_arg(ctx, name, value);
}


static void
ngx_smartmsg_source_consent(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  state;

    ngx_smartmsg_consent_name(&ctx->consent, &state);
    ngx_smartmsg_value_string(value, &state);
}
