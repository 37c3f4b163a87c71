
/*
 * The page has arrived at the place and the decision is still out: what
 * follows the place is held until it comes, or until smartmsg_timeout is over.
 *
 * A small page whose header is still here is held as a whole for some
 * milliseconds.  It then leaves at once, and with its length; and filters
 * behind, like gzip, begin and end in one go instead of keeping their memory
 * for each page that waits.
 */


#include "http/ngx_smartmsg_body.h"


/* nobody sees a delay of so many milliseconds, and Redis seldom needs them */

#define NGX_SMARTMSG_WHOLE_TIMEOUT  5


static void ngx_smartmsg_body_end_hold(ngx_smartmsg_ctx_t *ctx);


void
ngx_smartmsg_resume(ngx_smartmsg_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    if (ctx->asking) {
        ngx_smartmsg_answer_resume(ctx);
        return;
    }

    if (ctx->body != NGX_SMARTMSG_BODY_HOLD) {
        return;
    }

    ngx_smartmsg_decide(ctx);

    if (!ctx->decided && !ngx_smartmsg_body_is_due(ctx)) {
        return;
    }

    r = ctx->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ngx_http_output_filter(r, NULL) == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);

    } else {
        r->write_event_handler(r);
    }

    ngx_http_run_posted_requests(c);
}


/* the header that waited with its page goes first, and the end has its time */

void
ngx_smartmsg_overdue(ngx_smartmsg_ctx_t *ctx)
{
    if (ctx->whole && ctx->patience) {
        ctx->whole = 0;
        ngx_add_timer(&ctx->timer, ctx->patience);

    } else {
        ctx->late = 1;
    }

    ngx_smartmsg_resume(ctx);
}


/*
 * Without this nginx would end the request as soon as the upstream is through,
 * and what we keep would be lost.
 */

void
ngx_smartmsg_set_buffered(ngx_smartmsg_ctx_t *ctx)
{
    if (ctx->body == NGX_SMARTMSG_BODY_HOLD || ctx->starved) {
        ctx->request->buffered |= NGX_SMARTMSG_BUFFERED;

    } else {
        ctx->request->buffered &= ~NGX_SMARTMSG_BUFFERED;
    }
}


ngx_int_t
ngx_smartmsg_body_hold(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    ngx_msec_t                 timeout, whole;
    ngx_smartmsg_loc_conf_t   *lcf;
    ngx_http_core_loc_conf_t  *clcf;

    lcf = ngx_http_get_module_loc_conf(ctx->request, ngx_smartmsg_module);
    clcf = ngx_http_get_module_loc_conf(ctx->request, ngx_http_core_module);

    ctx->body = NGX_SMARTMSG_BODY_HOLD;
    ngx_smartmsg_set_buffered(ctx);

    /* nginx takes a client for dead that is sent nothing for send_timeout */

    timeout = ngx_min(lcf->timeout, clcf->send_timeout / 2);

    if (ctx->deferred && ctx->html.total <= NGX_SMARTMSG_WHOLE_SIZE) {

        whole = ngx_min(timeout, NGX_SMARTMSG_WHOLE_TIMEOUT);

        ctx->whole = 1;
        ctx->patience = timeout - whole;

        ngx_add_timer(&ctx->timer, whole);

        return NGX_OK;
    }

    ngx_add_timer(&ctx->timer, timeout);

    /* the page up to here must not wait for what follows */

    return ngx_smartmsg_body_put_flush(ctx, out);
}


ngx_uint_t
ngx_smartmsg_body_is_due(ngx_smartmsg_ctx_t *ctx)
{
    return (ctx->body == NGX_SMARTMSG_BODY_HOLD
            && ctx->deferred && !ctx->whole);
}


ngx_int_t
ngx_smartmsg_body_begin(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    ngx_smartmsg_body_put_chain(&ctx->beginning, out);

    return ngx_smartmsg_body_put_flush(ctx, out);
}


void
ngx_smartmsg_body_drop(ngx_smartmsg_ctx_t *ctx)
{
    ngx_smartmsg_body_end_hold(ctx);

    ctx->beginning = NULL;
    ctx->held = NULL;
}


ngx_int_t
ngx_smartmsg_body_release(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    ngx_smartmsg_body_end_hold(ctx);

    ngx_smartmsg_body_put_chain(&ctx->beginning, out);

    if (ngx_smartmsg_wants_snippet(ctx)
        && ngx_smartmsg_body_insert(ctx, out) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_smartmsg_body_put_chain(&ctx->held, out);

    return NGX_OK;
}


static void
ngx_smartmsg_body_end_hold(ngx_smartmsg_ctx_t *ctx)
{
    ctx->body = NGX_SMARTMSG_BODY_PASS;
    ctx->whole = 0;
    ngx_smartmsg_set_buffered(ctx);

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }
}
