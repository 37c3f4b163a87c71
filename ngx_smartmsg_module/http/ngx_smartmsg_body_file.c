
/*
 * A page that comes as a file goes on as a file: it is split at the place
 * without being read.
 */


#include "http/ngx_smartmsg_body.h"
#include "http/ngx_smartmsg_place.h"


static ngx_smartmsg_status_e ngx_smartmsg_body_file_status(
    ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b);
static ngx_buf_t *ngx_smartmsg_body_file_tail(ngx_smartmsg_ctx_t *ctx,
    ngx_buf_t *b, off_t size, ngx_smartmsg_place_tail_t *tail);


ngx_int_t
ngx_smartmsg_body_file(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out)
{
    off_t                       size;
    ngx_buf_t                  *rest;
    ngx_smartmsg_status_e       status;
    ngx_smartmsg_place_tail_t   tail;

    /* only as a whole: what came before was not from this file */

    if (ctx->html.total || !(b->last_buf || b->last_in_chain)
        || ngx_smartmsg_place_find(ctx, b, &tail) != NGX_OK)
    {
        return ngx_smartmsg_body_stop(ctx, NGX_SMARTMSG_ERROR, b, out);
    }

    status = ngx_smartmsg_body_file_status(ctx, b);

    if (status != NGX_SMARTMSG_NONE) {
        return ngx_smartmsg_body_stop(ctx, status, b, out);
    }

    size = (ctx->html.result == SMARTMSG_HTML_FOUND)
           ? (off_t) ctx->html.insert : b->file_last - b->file_pos;

    rest = ngx_smartmsg_body_file_tail(ctx, b, size, &tail);
    if (rest == NULL) {
        return NGX_ERROR;
    }

    if (size) {
        b->file_last = b->file_pos + size;
        b->last_buf = 0;
        b->last_in_chain = 0;

        if (ngx_smartmsg_body_put(ctx, b, out) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_smartmsg_body_place(ctx, rest, out);
}


/* is there a place in it? */

static ngx_smartmsg_status_e
ngx_smartmsg_body_file_status(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b)
{
    switch (ctx->html.result) {

    case SMARTMSG_HTML_FOUND:
        return NGX_SMARTMSG_NONE;

    case SMARTMSG_HTML_STOP:
        return ngx_smartmsg_body_stop_status(ctx);

    default: /* SMARTMSG_HTML_MORE */
        return ngx_smartmsg_body_end_status(ctx, b);
    }
}


/*
 * What follows the place.  If it is short it goes from memory, in one system
 * call with the snippet.
 */

static ngx_buf_t *
ngx_smartmsg_body_file_tail(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b, off_t size,
    ngx_smartmsg_place_tail_t *tail)
{
    ngx_buf_t  *rest;

    rest = ngx_smartmsg_body_get_buf(ctx);
    if (rest == NULL) {
        return NULL;
    }

    rest->last_buf = b->last_buf;
    rest->last_in_chain = b->last_in_chain;
    rest->flush = b->flush;

    if (!tail->whole) {
        rest->in_file = 1;
        rest->file = b->file;
        rest->file_pos = b->file_pos + size;
        rest->file_last = b->file_last;

    } else if (tail->len) {
        rest->memory = 1;
        rest->start = tail->tail;
        rest->pos = tail->tail;
        rest->last = tail->tail + tail->len;
        rest->end = rest->last;
    }

    return rest;
}
