
/*
 * GET .../decide: the messages for a page, without the page.  The browser asks
 * in fetch mode, when a framework has thrown the templates away, and when a
 * page changes its address without being loaded.
 *
 * The request goes on as an internal redirect to that page, so that rewrites,
 * access rules and the location of the page have their say.  Where the shop
 * would be asked next, a handler at the end of the precontent phase waits for
 * Redis and answers: the templates of the page contract in a small document,
 * or 204.  If the location answers itself (a redirect, a refusal, an error),
 * that answer is not sent: it belongs to the page.
 */


#include "http/ngx_smartmsg.h"
#include "http/ngx_smartmsg_session.h"


static ngx_int_t ngx_smartmsg_answer_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_smartmsg_answer_nothing(ngx_smartmsg_ctx_t *ctx);
static void ngx_smartmsg_answer_wait(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_answer(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_answer_send(ngx_smartmsg_ctx_t *ctx);
static ngx_int_t ngx_smartmsg_answer_headers(ngx_http_request_t *r);


static ngx_str_t  ngx_smartmsg_answer_head =
    ngx_string("<!doctype html><title></title>");


/* what stands first in a phase runs last: after try_files */

ngx_int_t
ngx_smartmsg_decide_init(ngx_conf_t *cf)
{
    ngx_array_t                *handlers;
    ngx_http_handler_pt        *h;
    ngx_smartmsg_main_conf_t   *mcf;
    ngx_http_core_main_conf_t  *cmcf;

    static ngx_str_t  request_uri = ngx_string("request_uri");

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_smartmsg_module);

    handlers = &cmcf->phases[NGX_HTTP_PRECONTENT_PHASE].handlers;

    if (ngx_array_push(handlers) == NULL) {
        return NGX_ERROR;
    }

    h = handlers->elts;

    ngx_memmove(h + 1, h, (handlers->nelts - 1) * sizeof(*h));

    *h = ngx_smartmsg_answer_handler;

    mcf->request_uri = ngx_http_get_variable_index(cf, &request_uri);

    return (mcf->request_uri == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ngx_smartmsg_decide_handler(ngx_http_request_t *r)
{
    ngx_int_t            rc;
    ngx_str_t            uri, args;
    ngx_smartmsg_ctx_t  *ctx;

    if (!ngx_smartmsg_same_origin(r)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "smartmsg: decision for another site refused");
        return NGX_HTTP_FORBIDDEN;
    }

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    ctx = ngx_smartmsg_create_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->off = 1;

    /* nothing is read, but a language is asked for */

    smartmsg_html_init(&ctx->html);

    rc = ngx_smartmsg_decide_page(ctx);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_HTTP_BAD_REQUEST
                                    : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->off = 0;
    ctx->asked = 1;
    ctx->viewed = ctx->again;
    ctx->status = NGX_SMARTMSG_NOT_HTML;

    uri = r->uri;
    args = r->args;

    return ngx_http_internal_redirect(r, &uri, &args);
}


static ngx_int_t
ngx_smartmsg_answer_handler(ngx_http_request_t *r)
{
    ngx_smartmsg_ctx_t  *ctx;

    ctx = ngx_smartmsg_get_ctx(r->main);

    if (ctx == NULL || !ctx->asked) {
        return NGX_DECLINED;
    }

    if (r != r->main) {

        /* a mirror has nothing to copy; others, auth_request say, go on */

        return r->background ? NGX_HTTP_NO_CONTENT : NGX_DECLINED;
    }

    ngx_http_set_ctx(r, ctx, ngx_smartmsg_module);

    /* post_action comes here once more */

    if (ctx->answered) {
        return NGX_HTTP_NO_CONTENT;
    }

    if (ngx_smartmsg_answer_nothing(ctx)) {
        return ngx_smartmsg_answer(ctx);
    }

    ctx->page = 1;

    ngx_smartmsg_decide(ctx);
    ngx_smartmsg_view(ctx);

    if (!ctx->decided) {
        ngx_smartmsg_answer_wait(ctx);
        return NGX_AGAIN;
    }

    return ngx_smartmsg_answer(ctx);
}


/* messages are off here, the visitor unknown, or this is an error page */

static ngx_uint_t
ngx_smartmsg_answer_nothing(ngx_smartmsg_ctx_t *ctx)
{
    ngx_http_request_t       *r;
    ngx_smartmsg_loc_conf_t  *lcf;

    r = ctx->request;
    lcf = ngx_http_get_module_loc_conf(r, ngx_smartmsg_module);

    if (!lcf->enable) {
        ctx->status = NGX_SMARTMSG_OFF;
    }

    return (!lcf->enable
            || ctx->off
            || !ctx->met
            || (r->err_status && r->err_status != NGX_HTTP_OK));
}


/* nothing of a page is held back, so Redis has the time that it has anyway */

static void
ngx_smartmsg_answer_wait(ngx_smartmsg_ctx_t *ctx)
{
    if (ctx->asking) {
        return;
    }

    ctx->asking = 1;

    ngx_add_timer(&ctx->timer, ctx->site->redis_conf->timeout);

    /* whoever has gone is not waited for */

    ctx->request->read_event_handler = ngx_http_test_reading;
}


void
ngx_smartmsg_answer_resume(ngx_smartmsg_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    ngx_smartmsg_decide(ctx);

    if (!ctx->decided) {
        return;
    }

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_http_core_run_phases(r);

    ngx_http_run_posted_requests(c);
}


/* ends the request: the phases must not go on to the shop */

static ngx_int_t
ngx_smartmsg_answer(ngx_smartmsg_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    ctx->answered = 1;
    ctx->asking = 0;
    ctx->decided = 1;

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    r->err_status = 0;

    /* a visitor who comes without a cookie for the second time takes none */

    if (ctx->page && !(ctx->minted && ctx->again)
        && ngx_smartmsg_send_id(ctx) == NGX_ERROR)
    {
        rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    } else if (ctx->page && ngx_smartmsg_wants_snippet(ctx)) {
        ctx->inserted = 1;
        rc = ngx_smartmsg_answer_send(ctx);

    } else {
        rc = ngx_smartmsg_no_content(r);
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


/* without a template it still says that the script is needed */

static ngx_int_t
ngx_smartmsg_answer_send(ngx_smartmsg_ctx_t *ctx)
{
    ngx_int_t            rc;
    ngx_buf_t           *head, *templates;
    ngx_chain_t          out[2];
    ngx_http_request_t  *r;

    r = ctx->request;

    head = ngx_calloc_buf(r->pool);
    templates = ngx_smartmsg_render(ctx);

    if (head == NULL || templates == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    head->start = ngx_smartmsg_answer_head.data;
    head->pos = head->start;
    head->last = head->start + ngx_smartmsg_answer_head.len;
    head->end = head->last;
    head->memory = 1;

    out[0].buf = head;
    out[0].next = NULL;

    r->headers_out.content_length_n = ngx_buf_size(head);

    if (ngx_buf_size(templates)) {
        out[0].next = &out[1];
        out[1].buf = templates;
        out[1].next = NULL;

        r->headers_out.content_length_n += ngx_buf_size(templates);

        head = templates;
    }

    head->last_buf = 1;
    head->last_in_chain = 1;

    if (ngx_smartmsg_answer_headers(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, out);
}


static ngx_int_t
ngx_smartmsg_answer_headers(ngx_http_request_t *r)
{
    ngx_str_t  none, nosniff;

    r->headers_out.status = NGX_HTTP_OK;

    ngx_str_set(&r->headers_out.content_type, "text/html");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_str_set(&r->headers_out.charset, "utf-8");

    ngx_str_set(&none, "no-store");
    ngx_str_set(&nosniff, "nosniff");

    if (ngx_smartmsg_add_header(r, "Cache-Control", &none) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_add_header(r, "X-Content-Type-Options", &nosniff);
}


/*
 * An answer of the page's own location: where to, or whom it asks to log in,
 * is meant for someone who opens the page.
 */

ngx_int_t
ngx_smartmsg_answer_header(ngx_smartmsg_ctx_t *ctx)
{
    ngx_str_t            none;
    ngx_http_request_t  *r;

    if (ctx->answered) {
        return NGX_OK;
    }

    r = ctx->request;

    ctx->answered = 1;
    ctx->decided = 1;

    ngx_http_clean_header(r);

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    ngx_str_set(&none, "no-store");

    return ngx_smartmsg_add_header(r, "Cache-Control", &none);
}
