
/*
 * What the body filter hands on: buffers as they came, and buffers of its own
 * for parts of them.
 */


#include "http/ngx_smartmsg_body.h"


ngx_int_t
ngx_smartmsg_body_put(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(ctx->request->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;

    *out->last = cl;
    out->last = &cl->next;

    return NGX_OK;
}


void
ngx_smartmsg_body_put_chain(ngx_chain_t **in, ngx_smartmsg_out_t *out)
{
    *out->last = *in;
    *in = NULL;

    while (*out->last) {
        out->last = &(*out->last)->next;
    }
}


ngx_int_t
ngx_smartmsg_body_put_part(ngx_smartmsg_ctx_t *ctx, u_char *p, size_t len,
    ngx_smartmsg_out_t *out)
{
    ngx_buf_t  *b;

    b = ngx_smartmsg_body_get_buf(ctx);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->memory = 1;
    b->start = p;
    b->pos = p;
    b->last = p + len;
    b->end = b->last;

    return ngx_smartmsg_body_put(ctx, b, out);
}


ngx_int_t
ngx_smartmsg_body_put_tail(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    size_t   len;
    u_char  *p;

    len = ctx->tail_len;

    if (len == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(ctx->request->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, ctx->tail, len);
    ctx->tail_len = 0;

    return ngx_smartmsg_body_put_part(ctx, p, len, out);
}


/*
 * Instead of a buffer that has become empty.  It is never used again: one
 * without data always looks as if it had been sent.
 */

ngx_int_t
ngx_smartmsg_body_put_flush(ngx_smartmsg_ctx_t *ctx, ngx_smartmsg_out_t *out)
{
    ngx_buf_t  *b;

    b = ngx_calloc_buf(ctx->request->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->flush = 1;
    b->sync = 1;

    return ngx_smartmsg_body_put(ctx, b, out);
}


/* an empty buffer of our own, used again once it has been sent */

ngx_buf_t *
ngx_smartmsg_body_get_buf(ngx_smartmsg_ctx_t *ctx)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(ctx->request->pool, &ctx->free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;
    ngx_free_chain(ctx->request->pool, cl);

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->tag = (ngx_buf_tag_t) &ngx_smartmsg_module;

    return b;
}
