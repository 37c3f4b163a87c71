
#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_consent.h"
#include "http/ngx_smartmsg_pack.h"
#include "http/ngx_smartmsg_preview.h"
#include "http/ngx_smartmsg_session.h"


static void ngx_smartmsg_begin(ngx_http_request_t *r, ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *token);
static void ngx_smartmsg_cleanup(void *data);
static ngx_int_t ngx_smartmsg_identify(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_read_handler(void *data,
    ngx_smartmsg_fields_t *session, ngx_smartmsg_fields_t *profile);
static void ngx_smartmsg_rules_handler(void *data);
static void ngx_smartmsg_timer_handler(ngx_event_t *ev);


ngx_connection_t  ngx_smartmsg_no_connection = { .fd = -1 };


ngx_int_t
ngx_smartmsg_precontent_handler(ngx_http_request_t *r)
{
    ngx_str_t                 token;
    ngx_smartmsg_ctx_t       *ctx;
    ngx_smartmsg_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);

    if (!lcf->enable || r != r->main) {
        return NGX_DECLINED;
    }

    if (ngx_smartmsg_preview_take(r, &token) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = ngx_smartmsg_get_ctx(r);

    if (ctx) {
        ngx_http_set_ctx(r, ctx, ngx_smartmsg_module);

        if (!ctx->asked || ctx->met || ctx->off) {
            /* an internal redirect: the visitor asked once */
            return NGX_DECLINED;
        }

    } else if (lcf->mode == NGX_SMARTMSG_MODE_FETCH
               && !ngx_smartmsg_preview_valid(r, &token))
    {
        ngx_smartmsg_fetch_request(r);
        return NGX_DECLINED;
    }

    ngx_smartmsg_begin(r, ctx, &token);

    return NGX_DECLINED;
}


/* "ctx" is that of a page which is asked about, NULL for one that is loaded */

static void
ngx_smartmsg_begin(ngx_http_request_t *r, ngx_smartmsg_ctx_t *ctx,
    ngx_str_t *token)
{
    ngx_smartmsg_status_e   status;
    ngx_smartmsg_headers_t  headers;

    status = ngx_smartmsg_refusal(r, &headers);

    if (status != NGX_SMARTMSG_NONE
        && !(status == NGX_SMARTMSG_NO_RULES
             && ngx_smartmsg_preview_valid(r, token)))
    {
        if (ctx) {
            ctx->status = status;
        }

        return;
    }

    if (ctx == NULL) {
        ctx = ngx_smartmsg_create_ctx(r);
        if (ctx == NULL) {
            return;
        }
    }

    ctx->headers = headers;
    ctx->status = NGX_SMARTMSG_NONE;
    ctx->token = *token;

    ngx_smartmsg_preview_begin(ctx);

    if (ngx_smartmsg_identify(ctx) != NGX_OK) {
        return;
    }

    if (ctx->asked) {
        ctx->met = 1;
        return;
    }

    if (ngx_smartmsg_ask_upstream(r, &headers) != NGX_OK) {
        ctx->status = NGX_SMARTMSG_ERROR;
        ctx->off = 1;
    }
}


/* why a request is left alone, NGX_SMARTMSG_NONE if it is not */

ngx_smartmsg_status_e
ngx_smartmsg_refusal(ngx_http_request_t *r, ngx_smartmsg_headers_t *h)
{
    ngx_smartmsg_ctx_t       *ctx;
    ngx_smartmsg_srv_conf_t  *scf;
    ngx_smartmsg_loc_conf_t  *lcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);

    if (!lcf->enable || lcf->endpoint) {
        return NGX_SMARTMSG_OFF;
    }

    ngx_smartmsg_read_headers(r, h);

    ctx = ngx_smartmsg_get_ctx(r);

    if (!(ctx && ctx->asked) && !ngx_smartmsg_is_document(r, h)) {
        return NGX_SMARTMSG_NOT_DOCUMENT;
    }

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    if (scf->endpoint.len == 0) {
        return NGX_SMARTMSG_NO_ENDPOINT;
    }

    if (scf->site->redis_conf == NULL) {
        return NGX_SMARTMSG_NO_REDIS;
    }

    switch (ngx_http_test_predicates(r, lcf->bypass)) {

    case NGX_OK:
        break;

    case NGX_DECLINED:
        return NGX_SMARTMSG_BYPASS;

    default: /* NGX_ERROR */
        return NGX_SMARTMSG_ERROR;
    }

    if (lcf->pack && ngx_smartmsg_pack_ignores(r)) {
        return NGX_SMARTMSG_EXCLUDED;
    }

    ngx_smartmsg_site_start(scf->site, (ngx_cycle_t *) ngx_cycle);

    /* a new worker does not know all rules yet: the page waits for them */

    if (scf->site->loaded
        && smartmsg_ruleset_empty(ngx_smartmsg_site_rules(scf->site))
        && !ngx_smartmsg_site_always(scf->site))
    {
        return NGX_SMARTMSG_NO_RULES;
    }

    return NGX_SMARTMSG_NONE;
}


/*
 * Internal redirects and error pages take the context away from the request,
 * but not from its pool.
 */

ngx_smartmsg_ctx_t *
ngx_smartmsg_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;
    ngx_smartmsg_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_smartmsg_module);

    if (ctx || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_smartmsg_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


ngx_smartmsg_ctx_t *
ngx_smartmsg_create_idle_ctx(ngx_http_request_t *r)
{
    ngx_smartmsg_ctx_t     *ctx;
    ngx_smartmsg_status_e   status;

    ngx_smartmsg_headers_t  headers;

    status = ngx_smartmsg_refusal(r, &headers);

    ctx = ngx_smartmsg_create_ctx(r);

    if (ctx) {
        ctx->status = (status == NGX_SMARTMSG_NONE) ? NGX_SMARTMSG_NOT_HTML
                                                    : status;
        ctx->decided = 1;
        ctx->off = 1;
    }

    return ctx;
}


ngx_smartmsg_ctx_t *
ngx_smartmsg_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t       *cln;
    ngx_smartmsg_ctx_t       *ctx;
    ngx_smartmsg_srv_conf_t  *scf;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_smartmsg_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, offsetof(ngx_smartmsg_ctx_t, decision));

    ctx->decision.set = NULL;
    ctx->decision.n = 0;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ctx->request = r;
    ctx->site = scf->site;
    ctx->rules = smartmsg_ruleset_ref(ngx_smartmsg_site_rules(scf->site));

    ctx->waiter.handler = ngx_smartmsg_rules_handler;
    ctx->waiter.data = ctx;
    ctx->waiting = (ngx_smartmsg_site_wait(ctx->site, &ctx->waiter)
                    == NGX_AGAIN);
    ctx->blind = !ctx->site->loaded;

    ctx->timer.handler = ngx_smartmsg_timer_handler;
    ctx->timer.data = &ngx_smartmsg_no_connection;
    ctx->timer.log = r->connection->log;

    cln->handler = ngx_smartmsg_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_smartmsg_module);

    return ctx;
}


/*
 * Of the pool, not of the request: log variables are evaluated between the
 * two.
 */

static void
ngx_smartmsg_cleanup(void *data)
{
    ngx_smartmsg_ctx_t *ctx = data;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->waiting) {
        ngx_queue_remove(&ctx->waiter.queue);
    }

    if (ctx->read) {
        ngx_smartmsg_view_unread(ctx);
        ngx_smartmsg_store_cancel(ctx->read);
        ctx->read = NULL;
    }

    ngx_smartmsg_fields_free(ctx->session);
    ngx_smartmsg_fields_free(ctx->profile);

    smartmsg_decision_release(&ctx->decision);
    smartmsg_ruleset_unref(ctx->rules);
}


/*
 * Who is it?  A visitor without a cookie gets an id at once and is not looked
 * up: nothing can be known of an id that is new.  Whoever has not agreed stays
 * nobody.
 */

static ngx_int_t
ngx_smartmsg_identify(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t  visitor;

    ctx->prefetch = ngx_smartmsg_contains(&ctx->headers.purpose, "prefetch");

    if (!ngx_smartmsg_site_ready(ctx->site)) {
        ctx->status = NGX_SMARTMSG_REDIS_DOWN;
        ctx->off = 1;
        return NGX_DECLINED;
    }

    ngx_smartmsg_consent(ctx->request, &ctx->headers, &ctx->consent);

    if (ctx->consent.anonymous) {
        ctx->ready = 1;
        return NGX_OK;
    }

    if (ctx->consent.visitor.len == 0) {

        if (!smartmsg_visitor_id_new((char *) ctx->visitor)) {
            ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log,
                          ngx_errno, "smartmsg: no random bytes");
            ctx->status = NGX_SMARTMSG_ERROR;
            ctx->off = 1;
            return NGX_DECLINED;
        }

        ctx->minted = 1;
        ctx->ready = 1;

        return NGX_OK;
    }

    ngx_memcpy(ctx->visitor, ctx->consent.visitor.data,
               SMARTMSG_VISITOR_ID_LEN);

    visitor.data = ctx->visitor;
    visitor.len = SMARTMSG_VISITOR_ID_LEN;

    ctx->read = ngx_smartmsg_store_read(ctx->site->store, &visitor,
                                        ngx_smartmsg_read_handler, ctx);
    if (ctx->read == NULL) {
        ctx->status = NGX_SMARTMSG_REDIS_DOWN;
        ctx->off = 1;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* called from an event of its own, so the request may go on from here */

static void
ngx_smartmsg_read_handler(void *data, ngx_smartmsg_fields_t *session,
    ngx_smartmsg_fields_t *profile)
{
    ngx_smartmsg_ctx_t *ctx = data;

    ctx->read = NULL;
    ctx->session = session;
    ctx->profile = profile;
    ctx->ready = 1;
    ctx->failed = (session == NULL || profile == NULL);
    ctx->views = ngx_smartmsg_session_number(ctx, "views");

    ngx_smartmsg_view(ctx);
    ngx_smartmsg_resume(ctx);
}


/*
 * Under load the events of Redis and of the shop come together, and those of
 * the shop first, perhaps: then the decision would seem to be late.
 */

void
ngx_smartmsg_read_poll(ngx_smartmsg_ctx_t *ctx)
{
    if (ctx->read) {
        (void) ngx_smartmsg_store_poll(ctx->read);
    }
}


/*
 * A worker that has just begun knows the rules of the directory, but not what
 * was switched off in Redis.
 */

static void
ngx_smartmsg_rules_handler(void *data)
{
    ngx_smartmsg_ctx_t *ctx = data;

    ctx->waiting = 0;
    ctx->blind = !ctx->site->loaded;

    smartmsg_ruleset_unref(ctx->rules);
    ctx->rules = smartmsg_ruleset_ref(ngx_smartmsg_site_rules(ctx->site));

    /* its header says whose the page is */

    if (!ctx->request->header_sent && !ctx->deferred) {
        ngx_smartmsg_preview_begin(ctx);
    }

    ngx_smartmsg_resume(ctx);
}


static void
ngx_smartmsg_timer_handler(ngx_event_t *ev)
{
    ngx_smartmsg_ctx_t  *ctx;

    ctx = (ngx_smartmsg_ctx_t *) ((u_char *) ev
                                  - offsetof(ngx_smartmsg_ctx_t, timer));

    /* the worker may have been busy, and the answer be there */

    if (ctx->read && !ctx->waiting
        && ngx_smartmsg_store_poll(ctx->read) == NGX_OK)
    {
        return;
    }

    ngx_smartmsg_overdue(ctx);
}
