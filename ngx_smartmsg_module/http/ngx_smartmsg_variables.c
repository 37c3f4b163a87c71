
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_consent.h"


static ngx_int_t ngx_smartmsg_status_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_smartmsg_visitor_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_smartmsg_rule_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);

static ngx_int_t ngx_smartmsg_consent_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_smartmsg_vars[] = {

    { ngx_string("smartmsg_status"), NULL, ngx_smartmsg_status_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("smartmsg_visitor"), NULL, ngx_smartmsg_visitor_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("smartmsg_rule"), NULL, ngx_smartmsg_rule_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("smartmsg_consent"), NULL, ngx_smartmsg_consent_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/* in the order of ngx_smartmsg_status_e */

static ngx_str_t  ngx_smartmsg_status_names[] = {
    ngx_string("none"),
    ngx_string("injected"),
    ngx_string("script"),
    ngx_string("fetch"),
    ngx_string("preview"),
    ngx_string("off"),
    ngx_string("bypass"),
    ngx_string("excluded"),
    ngx_string("not_document"),
    ngx_string("no_endpoint"),
    ngx_string("no_redis"),
    ngx_string("no_rules"),
    ngx_string("not_html"),
    ngx_string("encoded"),
    ngx_string("csp"),
    ngx_string("no_markup"),
    ngx_string("unsafe"),
    ngx_string("incomplete"),
    ngx_string("late"),
    ngx_string("redis_down"),
    ngx_string("error")
};


ngx_int_t
ngx_smartmsg_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_smartmsg_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_status_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t               *name;
    ngx_smartmsg_ctx_t      *ctx;
    ngx_smartmsg_status_e    status;
    ngx_smartmsg_headers_t   headers;

    ctx = ngx_smartmsg_get_ctx(r->main);

    if (ctx) {
        status = ctx->status;

        /* it may have broken off before Redis has answered */

        if ((ngx_smartmsg_wants_snippet(ctx) && !ctx->inserted)
            || (ctx->page && !ctx->decided))
        {
            status = NGX_SMARTMSG_INCOMPLETE;
        }

    } else {
        status = ngx_smartmsg_refusal(r->main, &headers);

        if (status == NGX_SMARTMSG_NONE) {

            /* it never came to the question: a redirect, "return", ... */

            status = NGX_SMARTMSG_NOT_HTML;
        }
    }

    name = &ngx_smartmsg_status_names[status];

    v->len = name->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = name->data;

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_visitor_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_smartmsg_ctx_t  *ctx;

    ctx = ngx_smartmsg_get_ctx(r->main);

    if (ctx == NULL || ctx->visitor[0] == '\0') {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = SMARTMSG_VISITOR_ID_LEN;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = ctx->visitor;

    return NGX_OK;
}


/* ids of the armed messages, the first one of highest priority */

static ngx_int_t
ngx_smartmsg_rule_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    size_t               len, i;
    u_char              *p;
    smartmsg_str_t       id;
    ngx_smartmsg_ctx_t  *ctx;

    ctx = ngx_smartmsg_get_ctx(r->main);

    if (ctx == NULL || ctx->decision.n == 0
        || (ctx->status != NGX_SMARTMSG_INJECTED
            && ctx->status != NGX_SMARTMSG_PREVIEW))
    {
        v->not_found = 1;
        return NGX_OK;
    }

    len = 0;

    for (i = 0; i < ctx->decision.n; i++) {
        len += smartmsg_rule_id(ctx->decision.armed[i].rule).len + 1;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = p;

    for (i = 0; i < ctx->decision.n; i++) {

        if (i) {
            *p++ = ',';
        }

        id = smartmsg_rule_id(ctx->decision.armed[i].rule);
        p = ngx_cpymem(p, id.data, id.len);
    }

    v->len = p - v->data;

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_consent_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t               name;
    ngx_smartmsg_headers_t  headers;
    ngx_smartmsg_consent_t  consent;

    ngx_smartmsg_read_headers(r->main, &headers);
    ngx_smartmsg_consent(r->main, &headers, &consent);
    ngx_smartmsg_consent_name(&consent, &name);

    v->len = name.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = name.data;

    return NGX_OK;
}
