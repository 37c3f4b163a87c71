
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
static ngx_int_t ngx_smartmsg_body_file_load(ngx_smartmsg_ctx_t *ctx,
    ngx_buf_t *b);


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


/* small pages alone, see ngx_smartmsg_is_deferrable() */

ngx_int_t
ngx_smartmsg_body_file_read(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in)
{
    for ( /* void */ ; in; in = in->next) {

        if (in->buf->in_file && !ngx_buf_in_memory(in->buf)
            && ngx_smartmsg_body_file_load(ctx, in->buf) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_body_file_load(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b)
{
    size_t    size;
    u_char   *p;
    ssize_t   n;

    size = (size_t) (b->file_last - b->file_pos);

    p = ngx_pnalloc(ctx->request->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    n = ngx_read_file(b->file, p, size, b->file_pos);

    if (n == NGX_ERROR) {
        return NGX_ERROR;
    }

    if ((size_t) n != size) {
        ngx_log_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                      "smartmsg: only %z of %uz bytes could be read from "
                      "\"%s\"", n, size, b->file->name.data);
        return NGX_ERROR;
    }

    b->start = p;
    b->pos = p;
    b->last = p + size;
    b->end = b->last;

    /* filters may write into it */

    b->temporary = 1;
    b->in_file = 0;

    return NGX_OK;
}
