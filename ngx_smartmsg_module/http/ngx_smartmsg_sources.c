
/*
 * Where each fact comes from.  docs/facts.md is the list for people.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_facts.h"
#include "http/ngx_smartmsg_session.h"

#include "core/number.h"
#include "core/query.h"


#define NGX_SMARTMSG_ARG_SIZE  256


static void ngx_smartmsg_source_id(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_type(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_path(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_host(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_page_scheme(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_method(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_language(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_referrer(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_query(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_utm(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_views(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_seconds(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_session_number(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_session(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_cart(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_new(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_visits(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_visitor_number(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static void ngx_smartmsg_source_profile(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);
static ngx_int_t ngx_smartmsg_source_arg(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *name, smartmsg_value_t *value);


/* the first that fits answers: exact names before their families */

static const ngx_smartmsg_source_t  ngx_smartmsg_sources[] = {

    { ngx_string("id"), ngx_smartmsg_source_id },
    { ngx_string("page.type"), ngx_smartmsg_source_page_type },
    { ngx_string("page.path"), ngx_smartmsg_source_page_path },
    { ngx_string("page.host"), ngx_smartmsg_source_page_host },
    { ngx_string("page.scheme"), ngx_smartmsg_source_page_scheme },
    { ngx_string("request.method"), ngx_smartmsg_source_method },
    { ngx_string("request.language"), ngx_smartmsg_source_language },
    { ngx_string("request.referrer"), ngx_smartmsg_source_referrer },
    { ngx_string("query."), ngx_smartmsg_source_query },
    { ngx_string("utm."), ngx_smartmsg_source_utm },
    { ngx_string("session.views"), ngx_smartmsg_source_views },
    { ngx_string("session.seconds"), ngx_smartmsg_source_seconds },
    { ngx_string("session.orders"), ngx_smartmsg_source_session_number },
    { ngx_string("session.first"), ngx_smartmsg_source_session_number },
    { ngx_string("session.last"), ngx_smartmsg_source_session_number },
    { ngx_string("session."), ngx_smartmsg_source_session },
    { ngx_string("cart."), ngx_smartmsg_source_cart },
    { ngx_string("visitor.new"), ngx_smartmsg_source_new },
    { ngx_string("visitor.visits"), ngx_smartmsg_source_visits },
    { ngx_string("visitor."), ngx_smartmsg_source_visitor_number },
    { ngx_string("profile."), ngx_smartmsg_source_profile },
    { ngx_null_string, NULL }
};


const ngx_smartmsg_source_t *
ngx_smartmsg_source_find(ngx_str_t *name)
{
    const ngx_smartmsg_source_t  *source;

    for (source = ngx_smartmsg_sources; source->name.len; source++) {

        if (source->name.data[source->name.len - 1] == '.') {

            if (name->len > source->name.len
                && ngx_memcmp(name->data, source->name.data, source->name.len)
                   == 0)
            {
                return source;
            }

        } else if (name->len == source->name.len
                   && ngx_memcmp(name->data, source->name.data, name->len)
                      == 0)
        {
            return source;
        }
    }

    return source;
}


static void
ngx_smartmsg_source_id(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_string((char *) ctx->visitor,
                                   SMARTMSG_VISITOR_ID_LEN);
}


static void
ngx_smartmsg_source_page_type(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t                 type;
    ngx_smartmsg_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(ctx->request, ngx_smartmsg_module);

    if (lcf->page == NULL
        || ngx_http_complex_value(ctx->request, lcf->page, &type) != NGX_OK
        || type.len == 0)
    {
        return;
    }

    ngx_smartmsg_value_string(value, &type);
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
    size_t   len;
    u_char  *p;

    if (ctx->headers.referer.len == 0) {
        return;
    }

    p = ngx_pnalloc(ctx->request->pool, SMARTMSG_HOST_MAX);
    if (p == NULL) {
        return;
    }

    len = smartmsg_referrer_host(ngx_smartmsg_str(&ctx->headers.referer),
                                 (char *) p, SMARTMSG_HOST_MAX);
    if (len) {
        *value = smartmsg_value_string((char *) p, len);
    }
}


static void
ngx_smartmsg_source_query(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    (void) ngx_smartmsg_source_arg(ctx, name, value);
}


/* the campaign of this page's address, else that of the session's entry */

static void
ngx_smartmsg_source_utm(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    u_char     buf[sizeof("utm_") + 32];
    ngx_str_t  arg, field, text;

    if (name->len > 32) {
        return;
    }

    arg.data = buf;
    arg.len = ngx_sprintf(buf, "utm_%V", name) - buf;

    if (ngx_smartmsg_source_arg(ctx, &arg, value) == NGX_OK) {
        return;
    }

    buf[3] = '.';
    field = arg;

    if (ngx_smartmsg_session_get(ctx, &field, &text) == NGX_OK) {
        ngx_smartmsg_value_string(value, &text);
    }
}


/* this view is counted, though Redis learns of it later */

static void
ngx_smartmsg_source_views(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(
                        ngx_smartmsg_session_number(ctx, "views") + 1);
}


static void
ngx_smartmsg_source_seconds(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    double  first, seconds;

    first = ngx_smartmsg_session_number(ctx, "first");
    seconds = (first > 0) ? (double) ngx_time() - first : 0;

    *value = smartmsg_value_number(seconds > 0 ? seconds : 0);
}


static void
ngx_smartmsg_source_session_number(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  field;

    field.data = name->data + sizeof("session.") - 1;
    field.len = name->len - (sizeof("session.") - 1);

    *value = smartmsg_value_number(ngx_smartmsg_session_number(ctx,
                                                   (char *) field.data));
}


static void
ngx_smartmsg_source_session(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_session_get(ctx, name, &text) == NGX_OK) {
        ngx_smartmsg_value_string(value, &text);
    }
}


/* an empty cart is a cart of no items and no value */

static void
ngx_smartmsg_source_cart(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  field, text;

    field.data = name->data - (sizeof("cart.") - 1);
    field.len = name->len + (sizeof("cart.") - 1);

    if (ngx_smartmsg_session_get(ctx, &field, &text) != NGX_OK) {
        ngx_str_null(&text);
    }

    if (name->len == sizeof("currency") - 1
        && ngx_strncmp(name->data, "currency", name->len) == 0)
    {
        if (text.len) {
            ngx_smartmsg_value_string(value, &text);
        }

        return;
    }

    if ((name->len == sizeof("value") - 1
         && ngx_strncmp(name->data, "value", name->len) == 0)
        || (name->len == sizeof("items") - 1
            && ngx_strncmp(name->data, "items", name->len) == 0))
    {
        ngx_smartmsg_value_number(value, &text, 0);
        return;
    }

    if (text.len) {
        ngx_smartmsg_value_auto(value, &text);
    }
}


static void
ngx_smartmsg_source_new(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_boolean(ngx_smartmsg_visits(ctx) <= 1);
}


static void
ngx_smartmsg_source_visits(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    *value = smartmsg_value_number(ngx_smartmsg_visits(ctx));
}


/* visitor.orders, visitor.revenue, visitor.first, visitor.last */

static void
ngx_smartmsg_source_visitor_number(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_fields_get(ctx->profile, name->data, name->len, &text)
        == NGX_OK)
    {
        ngx_smartmsg_value_auto(value, &text);
        return;
    }

    *value = smartmsg_value_number(0);
}


static void
ngx_smartmsg_source_profile(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    ngx_str_t  text;

    if (ngx_smartmsg_fields_get(ctx->profile,
                                name->data - (sizeof("profile.") - 1),
                                name->len + (sizeof("profile.") - 1), &text)
        == NGX_OK)
    {
        ngx_smartmsg_value_auto(value, &text);
    }
}


static ngx_int_t
ngx_smartmsg_source_arg(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value)
{
    char    buf[NGX_SMARTMSG_ARG_SIZE];
    size_t  len;
    u_char  *p;

    if (!smartmsg_query_get(ngx_smartmsg_str(&ctx->request->args),
                            ngx_smartmsg_str(name), buf, sizeof(buf), &len))
    {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(ctx->request->pool, len ? len : 1);
    if (p == NULL) {
        return NGX_DECLINED;
    }

    ngx_memcpy(p, buf, len);

    *value = smartmsg_value_string((char *) p, len);

    return NGX_OK;
}


void
ngx_smartmsg_value_string(smartmsg_value_t *value, ngx_str_t *s)
{
    *value = smartmsg_value_string((char *) s->data, s->len);
}


void
ngx_smartmsg_value_number(smartmsg_value_t *value, ngx_str_t *s,
    double otherwise)
{
    double  number;

    if (!smartmsg_number_parse(ngx_smartmsg_str(s), &number)) {
        number = otherwise;
    }

    *value = smartmsg_value_number(number);
}


void
ngx_smartmsg_value_auto(smartmsg_value_t *value, ngx_str_t *s)
{
    double  number;

    if (smartmsg_number_parse(ngx_smartmsg_str(s), &number)) {
        *value = smartmsg_value_number(number);

    } else if (s->len == 4 && ngx_strncmp(s->data, "true", 4) == 0) {
        *value = smartmsg_value_boolean(true);

    } else if (s->len == 5 && ngx_strncmp(s->data, "false", 5) == 0) {
        *value = smartmsg_value_boolean(false);

    } else {
        ngx_smartmsg_value_string(value, s);
    }
}
