
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_pack.h"
#include "http/ngx_smartmsg_preview.h"
#include "http/ngx_smartmsg_session.h"
#include "http/ngx_smartmsg_sticky.h"

#include "core/search.h"
#include "core/snippet.h"


static ngx_smartmsg_status_e ngx_smartmsg_without_message(
    ngx_smartmsg_ctx_t *ctx);
static ngx_uint_t ngx_smartmsg_signals(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_page_language(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *language);
static ngx_uint_t ngx_smartmsg_from_search(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_script(ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *script);
static smartmsg_str_t ngx_smartmsg_seen(void *data, smartmsg_memory_e in,
    smartmsg_str_t field);


void
ngx_smartmsg_decide(ngx_smartmsg_ctx_t *ctx)
{
    smartmsg_seen_t     seen;
    smartmsg_sticky_t   sticky;
    smartmsg_context_t  context;

    if (ctx->decided) {
        return;
    }

    if (ctx->failed || ctx->late) {
        ctx->decided = 1;
        ctx->status = ctx->failed ? NGX_SMARTMSG_REDIS_DOWN
                                  : NGX_SMARTMSG_LATE;
        return;
    }

    if (!ctx->ready || ctx->waiting) {
        return;
    }

    ctx->decided = 1;

    /* a new worker, and Redis has gone before it told the switches */

    if (ctx->blind) {
        ctx->status = NGX_SMARTMSG_REDIS_DOWN;
        return;
    }

    if (ngx_smartmsg_facts(ctx, &ctx->facts) != NGX_OK) {
        ctx->status = NGX_SMARTMSG_ERROR;
        return;
    }

    ngx_memzero(&context, sizeof(smartmsg_context_t));
    context.facts = &ctx->facts;
    context.sticky = &sticky;
    context.personal = ctx->consent.anonymous ? &ctx->personal : NULL;

    ngx_smartmsg_sticky_init(ctx, &sticky);

    seen.data = ctx;
    seen.get = ngx_smartmsg_seen;
    seen.quiet = &ctx->site->settings.quiet;

    smartmsg_ruleset_decide(ctx->rules, &context, &seen, ngx_time(),
                            &ctx->decision);

    ngx_smartmsg_sticky_write(ctx);

    if (ctx->preview) {
        ctx->status = (ngx_smartmsg_preview_decide(ctx, &context, &seen)
                       == NGX_OK)
                      ? NGX_SMARTMSG_PREVIEW : NGX_SMARTMSG_ERROR;

    } else if (ctx->decision.n) {
        ctx->status = NGX_SMARTMSG_INJECTED;

    } else {
        ctx->status = ngx_smartmsg_without_message(ctx);
    }
}


static ngx_smartmsg_status_e
ngx_smartmsg_without_message(ngx_smartmsg_ctx_t *ctx)
{
    return (ctx->consent.open || ngx_smartmsg_signals(ctx)
            || ngx_smartmsg_site_always(ctx->site))
           ? NGX_SMARTMSG_SCRIPT : NGX_SMARTMSG_NONE;
}


/* is anything to be reported that could be remembered? */

static ngx_uint_t
ngx_smartmsg_signals(ngx_smartmsg_ctx_t *ctx)
{
    return (!ctx->consent.anonymous
            && (ctx->prefetch || smartmsg_ruleset_uses_cart(ctx->rules)
                || ngx_smartmsg_pack_wants_script(ctx)));
}


ngx_uint_t
ngx_smartmsg_wants_snippet(ngx_smartmsg_ctx_t *ctx)
{
    return (ctx->status == NGX_SMARTMSG_INJECTED
            || ctx->status == NGX_SMARTMSG_SCRIPT
            || ctx->status == NGX_SMARTMSG_FETCH
            || ctx->status == NGX_SMARTMSG_PREVIEW);
}


/*
 * The page has arrived at the place, and its policies are known: messages
 * with images that they forbid stay out.  NGX_DECLINED: nothing is left.
 */

ngx_int_t
ngx_smartmsg_sort_out(ngx_smartmsg_ctx_t *ctx)
{
    ngx_uint_t             i, n;
    ngx_smartmsg_status_e  status;

    n = 0;

    for (i = 0; i < ctx->decision.n; i++) {

        if (ngx_smartmsg_csp_image(ctx, ctx->decision.armed[i].message)
            == NGX_OK)
        {
            ctx->decision.armed[n++] = ctx->decision.armed[i];
        }
    }

    if (n || ctx->decision.n == 0) {
        ctx->decision.n = n;
        return NGX_OK;
    }

    ctx->decision.n = 0;

    status = ngx_smartmsg_without_message(ctx);

    ctx->status = (status == NGX_SMARTMSG_SCRIPT) ? status : NGX_SMARTMSG_CSP;

    return (status == NGX_SMARTMSG_SCRIPT) ? NGX_OK : NGX_DECLINED;
}


ngx_buf_t *
ngx_smartmsg_render(ngx_smartmsg_ctx_t *ctx)
{
    ngx_buf_t           *b;
    ngx_str_t            language, script, pack;
    smartmsg_snippet_t   snippet;

    ngx_smartmsg_page_language(ctx, &language);

    ngx_str_null(&script);
    ngx_str_null(&pack);

    /* a decision without its page has no script, a neutral page the script */

    if ((!ctx->asked && ngx_smartmsg_script(ctx, &script) != NGX_OK)
        || (!ctx->neutral && ngx_smartmsg_pack_snippet(ctx, &pack) != NGX_OK))
    {
        return NULL;
    }

    snippet.armed = ctx->decision.armed;
    snippet.n = ctx->decision.n;
    snippet.language = ngx_smartmsg_str(&language);
    snippet.script_url = ngx_smartmsg_str(&script);
    snippet.nonce = ngx_smartmsg_str(&ctx->nonce);
    snippet.fetch = ctx->neutral;
    snippet.facts = &ctx->facts;
    snippet.theme = &ctx->site->theme;
    snippet.view = ctx->prefetch && !ctx->consent.anonymous;
    snippet.anonymous = ctx->consent.anonymous;
    snippet.consent = ctx->consent.open;
    snippet.ga4 = ctx->site->settings.ga4 && ctx->decision.n > 0;
    snippet.search = ctx->decision.n > 0 && ngx_smartmsg_from_search(ctx);
    snippet.preview = (ctx->preview != NULL);
    snippet.pack = ngx_smartmsg_str(&pack);
    snippet.trace = ngx_smartmsg_str(&ctx->trace);

    if (ctx->preview) {

        /* nothing of it is reported */

        snippet.view = 0;
        snippet.anonymous = 0;
        snippet.consent = 0;
        snippet.search = 0;
        snippet.pack.len = 0;
    }

    b = ngx_create_temp_buf(ctx->request->pool,
                            smartmsg_snippet_room(&snippet));
    if (b == NULL) {
        return NULL;
    }

    b->last += smartmsg_snippet_write(&snippet, (char *) b->pos);

    return b;
}


/* what the page says of itself, else what its visitor asks for */

static void
ngx_smartmsg_page_language(ngx_smartmsg_ctx_t *ctx, ngx_str_t *language)
{
    language->data = (u_char *) ctx->html.lang;
    language->len = ctx->html.lang_len;

    if (language->len == 0) {
        *language = ctx->language;
    }

    if (language->len == 0) {
        ngx_smartmsg_request_language(&ctx->headers, language);
    }
}


/*
 * Search engines think little of a page that covers itself when a phone comes
 * from them.
 */

static ngx_uint_t
ngx_smartmsg_from_search(ngx_smartmsg_ctx_t *ctx)
{
    char    host[SMARTMSG_HOST_MAX];
    size_t  len;

    len = ngx_smartmsg_foreign_referrer(ctx, host);

    return (len && smartmsg_search_engine(smartmsg_str(host, len)).len);
}


/*
 * A page with <base> has its addresses at another place, perhaps on another
 * host: the script's then names the host that this page came from.
 */

static ngx_int_t
ngx_smartmsg_script(ngx_smartmsg_ctx_t *ctx, ngx_str_t *script)
{
    u_char                   *p;
    ngx_http_request_t       *r;
    ngx_smartmsg_srv_conf_t  *scf;

    r = ctx->request;
    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    *script = scf->script;

    if (!ctx->html.base || r->headers_in.host == NULL) {
        return NGX_OK;
    }

    script->len += sizeof("//") - 1 + r->headers_in.host->value.len;

    p = ngx_pnalloc(r->pool, script->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    script->data = p;

    ngx_sprintf(p, "//%V%V", &r->headers_in.host->value, &scf->script);

    return NGX_OK;
}


static smartmsg_str_t
ngx_smartmsg_seen(void *data, smartmsg_memory_e in, smartmsg_str_t field)
{
    ngx_smartmsg_ctx_t *ctx = data;

    ngx_str_t               value;
    ngx_smartmsg_fields_t  *fields;

    fields = (in == SMARTMSG_IN_SESSION) ? ctx->session : ctx->profile;

    ngx_str_null(&value);
    (void) ngx_smartmsg_fields_get(fields, (u_char *) field.data, field.len,
                                   &value);

    return ngx_smartmsg_str(&value);
}
