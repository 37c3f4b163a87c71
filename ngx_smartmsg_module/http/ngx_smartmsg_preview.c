
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_preview.h"

#include "core/escape.h"
#include "core/preview_page.h"
#include "core/query.h"


struct ngx_smartmsg_preview_s {
    smartmsg_preview_t           link;
    u_char                       token[SMARTMSG_PREVIEW_TOKEN_MAX];
};


static ngx_int_t ngx_smartmsg_preview_cut_uri(ngx_http_request_t *r);
static ngx_int_t ngx_smartmsg_preview_cut(ngx_http_request_t *r,
    ngx_str_t *query, ngx_str_t *value);
static ngx_int_t ngx_smartmsg_preview_trace(ngx_smartmsg_ctx_t *ctx,
    smartmsg_trace_t *trace, smartmsg_preview_e outcome);
static void ngx_smartmsg_preview_drop_header(ngx_http_request_t *r,
    ngx_str_t *name);


ngx_int_t
ngx_smartmsg_preview_take(ngx_http_request_t *r, ngx_str_t *token)
{
    size_t      len;
    u_char     *p;
    ngx_int_t   rc;
    ngx_str_t   value, query;

    ngx_str_null(token);

    if (r->args.len == 0) {
        return NGX_OK;
    }

    rc = ngx_smartmsg_preview_cut(r, &r->args, &value);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    if (ngx_smartmsg_preview_cut_uri(r) != NGX_OK) {
        return NGX_ERROR;
    }

    /* decoded as the arguments that are facts */

    p = ngx_pnalloc(r->pool, SMARTMSG_PREVIEW_TOKEN_MAX + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    query.data = value.data - sizeof(SMARTMSG_PREVIEW_ARG "=") + 1;
    query.len = value.len + sizeof(SMARTMSG_PREVIEW_ARG "=") - 1;

    (void) smartmsg_query_get(ngx_smartmsg_str(&query),
                              SMARTMSG_STR(SMARTMSG_PREVIEW_ARG), (char *) p,
                              SMARTMSG_PREVIEW_TOKEN_MAX + 1, &len);

    token->data = p;
    token->len = len;

    return NGX_OK;
}


/* the address as it came, which proxies pass on and caches know */

static ngx_int_t
ngx_smartmsg_preview_cut_uri(ngx_http_request_t *r)
{
    size_t                      len;
    u_char                     *p;
    ngx_int_t                   rc;
    ngx_str_t                   query, ignored;
    ngx_smartmsg_main_conf_t   *mcf;
    ngx_http_variable_value_t  *v;

    p = ngx_strlchr(r->unparsed_uri.data,
                    r->unparsed_uri.data + r->unparsed_uri.len, '?');

    if (p == NULL) {
        return NGX_OK;
    }

    query.data = p + 1;
    query.len = r->unparsed_uri.data + r->unparsed_uri.len - query.data;
    len = p - r->unparsed_uri.data;

    rc = ngx_smartmsg_preview_cut(r, &query, &ignored);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_OK : NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, len + 1 + query.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, r->unparsed_uri.data, len);

    if (query.len) {
        p[len++] = '?';
        ngx_memcpy(p + len, query.data, query.len);
    }

    r->unparsed_uri.data = p;
    r->unparsed_uri.len = len + query.len;

    /* it may have been asked for already, by a map or an "if" */

    mcf = ngx_http_get_module_main_conf(r, ngx_smartmsg_module);

    v = &r->variables[mcf->request_uri];
    v->valid = 0;
    v->not_found = 0;

    return NGX_OK;
}


/* NGX_DECLINED: the query has no such argument */

static ngx_int_t
ngx_smartmsg_preview_cut(ngx_http_request_t *r, ngx_str_t *query,
    ngx_str_t *value)
{
    size_t           len;
    u_char          *p;
    smartmsg_str_t   found;

    static u_char  name[] = SMARTMSG_PREVIEW_ARG "=";

    if (ngx_strnstr(query->data, (char *) name, query->len) == NULL) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, query->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    if (!smartmsg_preview_cut(ngx_smartmsg_str(query), (char *) p, &len,
                              &found))
    {
        return NGX_DECLINED;
    }

    value->data = (u_char *) found.data;
    value->len = found.len;

    query->data = p;
    query->len = len;

    return NGX_OK;
}


ngx_uint_t
ngx_smartmsg_preview_valid(ngx_http_request_t *r, ngx_str_t *token)
{
    smartmsg_preview_t        link;
    ngx_smartmsg_site_t      *site;
    ngx_smartmsg_srv_conf_t  *scf;

    if (token->len == 0) {
        return 0;
    }

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);
    site = scf->site;

    return (site != NULL
            && smartmsg_preview_verify(ngx_smartmsg_str(token),
                                       ngx_smartmsg_str(&site->secret),
                                       ngx_time(), &link));
}


void
ngx_smartmsg_preview_begin(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t               *token;
    smartmsg_str_t           copy;
    ngx_smartmsg_preview_t  *preview;

    token = &ctx->token;

    if (ctx->waiting || !ngx_smartmsg_preview_valid(ctx->request, token)) {
        return;
    }

    preview = ngx_palloc(ctx->request->pool, sizeof(ngx_smartmsg_preview_t));
    if (preview == NULL) {
        return;
    }

    ngx_memcpy(preview->token, token->data, token->len);
    copy = smartmsg_str((char *) preview->token, token->len);

    if (smartmsg_preview_verify(copy, ngx_smartmsg_str(&ctx->site->secret),
                                ngx_time(), &preview->link))
    {
        ctx->preview = preview;
    }
}


ngx_int_t
ngx_smartmsg_preview_decide(ngx_smartmsg_ctx_t *ctx,
    smartmsg_context_t *context, smartmsg_seen_t *seen)
{
    ngx_int_t              rc;
    smartmsg_trace_t       trace;
    smartmsg_preview_e     outcome;
    smartmsg_decision_t    normal;

    normal = ctx->decision;

    outcome = smartmsg_preview_decide(ctx->rules, context,
                                      &ctx->preview->link, &ctx->decision);

    trace.set = ctx->rules;
    trace.names = ctx->site->names;
    trace.context = context;
    trace.seen = seen;
    trace.now = ngx_time();
    trace.decision = &normal;

    rc = ngx_smartmsg_preview_trace(ctx, &trace, outcome);

    smartmsg_decision_release(&normal);

    return rc;
}


static ngx_int_t
ngx_smartmsg_preview_trace(ngx_smartmsg_ctx_t *ctx, smartmsg_trace_t *trace,
    smartmsg_preview_e outcome)
{
    char            *text;
    json_t          *report;
    smartmsg_str_t   json;

    report = smartmsg_preview_trace(trace, ctx->site->catalog,
                                    &ctx->preview->link, outcome);

    text = json_dumps(report, JSON_COMPACT|JSON_ENSURE_ASCII);
    json_decref(report);

    if (text == NULL) {
        return NGX_ERROR;
    }

    json = smartmsg_str(text, ngx_strlen(text));

    ctx->trace.data = ngx_pnalloc(ctx->request->pool,
                                  smartmsg_escape_attribute(json, NULL));
    if (ctx->trace.data) {
        ctx->trace.len = smartmsg_escape_attribute(json,
                                                   (char *) ctx->trace.data);
    }

    ngx_free(text);

    return ctx->trace.data ? NGX_OK : NGX_ERROR;
}


/*
 * Neither kept by a browser nor by anything before it.  A link to another
 * site would take the address along, and with it the token, if the shop's own
 * policy allows that.
 */

ngx_int_t
ngx_smartmsg_preview_headers(ngx_http_request_t *r)
{
    ngx_str_t         *policy, value;

    static ngx_str_t   cache_control = ngx_string("cache-control");
    static ngx_str_t   referrer_policy = ngx_string("referrer-policy");

    if (ngx_smartmsg_make_private(r) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_smartmsg_preview_drop_header(r, &cache_control);

    ngx_str_set(&value, "private, no-store");

    if (ngx_smartmsg_add_header(r, "Cache-Control", &value) != NGX_OK) {
        return NGX_ERROR;
    }

    policy = ngx_smartmsg_find_header(&r->headers_out.headers,
                                      &referrer_policy);

    if (policy
        && ((policy->len == sizeof("no-referrer") - 1
             && ngx_strncasecmp(policy->data, (u_char *) "no-referrer",
                                policy->len)
                == 0)
            || (policy->len == sizeof("same-origin") - 1
                && ngx_strncasecmp(policy->data, (u_char *) "same-origin",
                                   policy->len)
                   == 0)))
    {
        return NGX_OK;
    }

    ngx_smartmsg_preview_drop_header(r, &referrer_policy);

    ngx_str_set(&value, "same-origin");

    return ngx_smartmsg_add_header(r, "Referrer-Policy", &value);
}


static void
ngx_smartmsg_preview_drop_header(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_table_elt_t      *header;
    ngx_smartmsg_iter_t   iter;

    ngx_smartmsg_iter_init(&iter, &r->headers_out.headers);

    while ((header = ngx_smartmsg_iter_next(&iter)) != NULL) {
        if (ngx_smartmsg_header_is(header, name)) {
            header->hash = 0;
        }
    }
}
