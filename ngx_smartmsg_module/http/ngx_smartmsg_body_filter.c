
/*
 * Streams the page through the scanner.  Buffers pass as they are; at the
 * place where the snippet belongs the buffer is split in two.  If the
 * decision is still out there, ngx_smartmsg_body_hold.c goes on.
 */


#include "http/ngx_smartmsg_body.h"
#include "http/ngx_smartmsg_track.h"


static ngx_int_t ngx_smartmsg_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static ngx_int_t ngx_smartmsg_body_decision(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);
static ngx_int_t ngx_smartmsg_body_chain(ngx_smartmsg_ctx_t *ctx,
    ngx_chain_t *in, ngx_smartmsg_out_t *out);
static ngx_int_t ngx_smartmsg_body_header(ngx_smartmsg_ctx_t *ctx,
    ngx_chain_t *out);
static ngx_int_t ngx_smartmsg_body_send(ngx_smartmsg_ctx_t *ctx,
    ngx_chain_t *out);

static ngx_int_t ngx_smartmsg_body_scan(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out);
static ngx_int_t ngx_smartmsg_body_more(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    size_t len, ngx_smartmsg_out_t *out);
static ngx_int_t ngx_smartmsg_body_found(ngx_smartmsg_ctx_t *ctx,
    ngx_buf_t *b, size_t len, ngx_smartmsg_out_t *out);
static ngx_int_t ngx_smartmsg_body_end(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out);


static ngx_http_output_body_filter_pt  ngx_http_next_body_filter;


void
ngx_smartmsg_body_filter_init(void)
{
    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_smartmsg_body_filter;
}


static ngx_int_t
ngx_smartmsg_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_smartmsg_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_smartmsg_module);

    if (ctx == NULL || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    if (ctx->look) {
        ngx_smartmsg_look(ctx, in);
    }

    return ctx->inflate ? ngx_smartmsg_inflate(ctx, in)
                        : ngx_smartmsg_body_page(ctx, in);
}


ngx_int_t
ngx_smartmsg_body_page(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_smartmsg_out_t  out;

    if (ctx->body == NGX_SMARTMSG_BODY_PASS && !ctx->deferred) {
        return ngx_http_next_body_filter(ctx->request, in);
    }

    out.first = NULL;
    out.last = &out.first;

    if (ngx_smartmsg_body_decision(ctx, &out) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_smartmsg_body_chain(ctx, in, &out) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->whole) {

        /* later calls find the page held, and add nothing here */

        if (out.first) {
            ctx->beginning = out.first;
        }

        return NGX_OK;
    }

    if (ctx->deferred) {

        if (in == NULL && out.first == NULL) {
            return NGX_OK;
        }

        if (ngx_smartmsg_body_header(ctx, out.first) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_smartmsg_body_send(ctx, out.first);
}


/* what the decision, if it is there, means for what has been kept until now */

static ngx_int_t
ngx_smartmsg_body_decision(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    if (ctx->body == NGX_SMARTMSG_BODY_SCAN) {
        ngx_smartmsg_read_poll(ctx);
    }

    ngx_smartmsg_decide(ctx);

    if (!ctx->decided) {
        return ngx_smartmsg_body_is_due(ctx)
               ? ngx_smartmsg_body_begin(ctx, out) : NGX_OK;
    }

    if (ctx->body == NGX_SMARTMSG_BODY_HOLD) {
        return ngx_smartmsg_body_release(ctx, out);
    }

    if (ngx_smartmsg_wants_snippet(ctx)) {
        return NGX_OK;
    }

    /* nothing to say after all: no need to look for the place */

    ctx->body = NGX_SMARTMSG_BODY_PASS;

    return ngx_smartmsg_body_put_tail(ctx, out);
}


static ngx_int_t
ngx_smartmsg_body_chain(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in,
    ngx_smartmsg_out_t *out)
{
    ngx_int_t  rc;

    for ( /* void */ ; in; in = in->next) {

        switch (ctx->body) {

        case NGX_SMARTMSG_BODY_SCAN:
            rc = ngx_smartmsg_body_scan(ctx, in->buf, out);
            break;

        case NGX_SMARTMSG_BODY_HOLD:
            return ngx_chain_add_copy(ctx->request->pool, &ctx->held, in);

        default: /* NGX_SMARTMSG_BODY_PASS */
            rc = ngx_smartmsg_body_put(ctx, in->buf, out);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return NGX_OK;
}


/*
 * Filters behind say while the header passes that they want to read the page.
 * One that comes as a file has then left nginx's copy filter already.
 */

static ngx_int_t
ngx_smartmsg_body_header(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *out)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    rc = ngx_smartmsg_send_header(ctx);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return NGX_ERROR;
    }

    if (!r->main_filter_need_in_memory && !r->filter_need_in_memory
        && !r->filter_need_temporary)
    {
        return NGX_OK;
    }

    if (ngx_smartmsg_body_file_read(ctx, out) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_body_file_read(ctx, ctx->held);
}


/*
 * The next filters are called even if nothing goes on: one of them may have
 * kept something of the page until now, SSI for example.
 */

static ngx_int_t
ngx_smartmsg_body_send(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *out)
{
    ngx_int_t            rc;
    ngx_http_request_t  *r;

    r = ctx->request;

    rc = ngx_http_next_body_filter(r, out);

    ngx_chain_update_chains(r->pool, &ctx->free, &ctx->busy, &out,
                            (ngx_buf_tag_t) &ngx_smartmsg_module);

    return rc;
}


static ngx_int_t
ngx_smartmsg_body_scan(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out)
{
    size_t  len;

    if (!ngx_buf_in_memory(b)) {

        if (b->in_file) {
            return ngx_smartmsg_body_file(ctx, b, out);
        }

        if (b->last_buf || b->last_in_chain) {
            return ngx_smartmsg_body_end(ctx, b, out);
        }

        return ngx_smartmsg_body_put(ctx, b, out);
    }

    len = b->last - b->pos;

    switch (smartmsg_html_feed(&ctx->html, b->pos, len)) {

    case SMARTMSG_HTML_FOUND:
        return ngx_smartmsg_body_found(ctx, b, len, out);

    case SMARTMSG_HTML_STOP:
        return ngx_smartmsg_body_stop(ctx, ngx_smartmsg_body_stop_status(ctx),
                                      b, out);

    default: /* SMARTMSG_HTML_MORE */

        if (b->last_buf || b->last_in_chain) {
            return ngx_smartmsg_body_end(ctx, b, out);
        }

        return ngx_smartmsg_body_more(ctx, b, len, out);
    }
}


/*
 * What may be the beginning of "</body" stays here.  It is copied: a buffer
 * that is held for its last bytes could be the only one of the upstream.
 */

static ngx_int_t
ngx_smartmsg_body_more(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b, size_t len,
    ngx_smartmsg_out_t *out)
{
    size_t  keep;

    keep = (size_t) (ctx->html.total - ctx->html.safe);

    if (keep > len) {

        /* these few bytes continue the tail */

        ngx_memcpy(ctx->tail + ctx->tail_len, b->pos, len);
        ctx->tail_len = keep;

        b->pos = b->last;

        return b->flush ? ngx_smartmsg_body_put_flush(ctx, out) : NGX_OK;
    }

    if (ngx_smartmsg_body_put_tail(ctx, out) != NGX_OK) {
        return NGX_ERROR;
    }

    if (keep) {
        b->last -= keep;

        if (b->in_file) {
            b->file_last -= keep;
        }

        ngx_memcpy(ctx->tail, b->last, keep);
        ctx->tail_len = keep;
    }

    if (b->last == b->pos) {
        return b->flush ? ngx_smartmsg_body_put_flush(ctx, out) : NGX_OK;
    }

    return ngx_smartmsg_body_put(ctx, b, out);
}


/* the place is in this buffer, or before the tail of the one before */

static ngx_int_t
ngx_smartmsg_body_found(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b, size_t len,
    ngx_smartmsg_out_t *out)
{
    size_t    n;
    uint64_t  start;

    start = ctx->html.total - len;

    if (ctx->html.insert >= start) {

        if (ngx_smartmsg_body_put_tail(ctx, out) != NGX_OK) {
            return NGX_ERROR;
        }

        n = (size_t) (ctx->html.insert - start);

        if (n) {
            if (ngx_smartmsg_body_put_part(ctx, b->pos, n, out) != NGX_OK) {
                return NGX_ERROR;
            }

            /* the part is sent before the rest, so it stays valid so long */

            b->pos += n;

            /* with sendfile the same bytes are sent from the file */

            if (b->in_file) {
                b->file_pos += n;
            }
        }
    }

    return ngx_smartmsg_body_place(ctx, b, out);
}


/*
 * A document without </body>: its end is the place, if it is a good one.  It
 * is not the end if subrequests go on with the page, as those of slices do:
 * what they bring goes past us, so nothing may be kept back any longer.
 */

static ngx_int_t
ngx_smartmsg_body_end(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out)
{
    ngx_buf_t              *last;
    ngx_smartmsg_status_e   status;

    status = ngx_smartmsg_body_end_status(ctx, b);

    if (status != NGX_SMARTMSG_NONE) {
        return ngx_smartmsg_body_stop(ctx, status, b, out);
    }

    if (ngx_smartmsg_body_put_tail(ctx, out) != NGX_OK) {
        return NGX_ERROR;
    }

    last = b;

    if (ngx_buf_in_memory(b) && ngx_buf_size(b)) {

        last = ngx_smartmsg_body_get_buf(ctx);
        if (last == NULL) {
            return NGX_ERROR;
        }

        last->last_buf = 1;
        last->last_in_chain = b->last_in_chain;

        b->last_buf = 0;
        b->last_in_chain = 0;

        if (ngx_smartmsg_body_put(ctx, b, out) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_smartmsg_body_place(ctx, last, out);
}


ngx_smartmsg_status_e
ngx_smartmsg_body_stop_status(ngx_smartmsg_ctx_t *ctx)
{
    return ctx->html.stop == SMARTMSG_HTML_STOP_FRAGMENT
           ? NGX_SMARTMSG_NO_MARKUP : NGX_SMARTMSG_UNSAFE;
}


ngx_smartmsg_status_e
ngx_smartmsg_body_end_status(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b)
{
    if (b->last_buf && smartmsg_html_end(&ctx->html)) {
        return NGX_SMARTMSG_NONE;
    }

    return (b->last_buf && !ctx->html.document) ? NGX_SMARTMSG_NO_MARKUP
                                                : NGX_SMARTMSG_UNSAFE;
}


/* nothing will be inserted, the page goes on as it is */

ngx_int_t
ngx_smartmsg_body_stop(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_status_e status,
    ngx_buf_t *b, ngx_smartmsg_out_t *out)
{
    ctx->body = NGX_SMARTMSG_BODY_PASS;
    ctx->decided = 1;
    ctx->status = status;

    if (ngx_smartmsg_body_put_tail(ctx, out) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_smartmsg_body_put(ctx, b, out);
}


/* the page has arrived at the place: insert, go on without, or hold the rest */

ngx_int_t
ngx_smartmsg_body_place(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *rest,
    ngx_smartmsg_out_t *out)
{
    ngx_smartmsg_out_t  held;

    if (ngx_smartmsg_csp_page(ctx) != NGX_OK) {
        return ngx_smartmsg_body_stop(ctx, NGX_SMARTMSG_CSP, rest, out);
    }

    if (ctx->decided) {
        ctx->body = NGX_SMARTMSG_BODY_PASS;

        if (ngx_smartmsg_body_insert(ctx, out) != NGX_OK
            || ngx_smartmsg_body_put_tail(ctx, out) != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ngx_smartmsg_body_put(ctx, rest, out);
    }

    held.first = NULL;
    held.last = &held.first;

    if (ngx_smartmsg_body_put_tail(ctx, &held) != NGX_OK
        || ngx_smartmsg_body_put(ctx, rest, &held) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->held = held.first;

    return ngx_smartmsg_body_hold(ctx, out);
}


ngx_int_t
ngx_smartmsg_body_insert(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    ngx_buf_t  *b;

    if (ngx_smartmsg_sort_out(ctx) != NGX_OK) {
        return NGX_OK;
    }

    b = ngx_smartmsg_render(ctx);

    if (b == NULL) {
        ctx->status = NGX_SMARTMSG_ERROR;
        return NGX_OK;
    }

    ctx->inserted = 1;
    ctx->added = ngx_buf_size(b);

    return ngx_smartmsg_body_put(ctx, b, out);
}
