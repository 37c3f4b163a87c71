
/*
 * Shared by the parts of the body filter: ngx_smartmsg_body_filter.c (scan,
 * insert), ngx_smartmsg_body_hold.c (wait for the decision),
 * ngx_smartmsg_body_file.c (pages in files) and ngx_smartmsg_body_put.c
 * (chains and buffers).
 */


#ifndef _NGX_SMARTMSG_BODY_H_INCLUDED_
#define _NGX_SMARTMSG_BODY_H_INCLUDED_


#include "http/ngx_smartmsg.h"


/* the chain that is being built for the next filter */

typedef struct {
    ngx_chain_t   *first;
    ngx_chain_t  **last;
} ngx_smartmsg_out_t;


/* the place is here, "rest" and what was kept before it follow */
ngx_int_t ngx_smartmsg_body_place(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *rest,
    ngx_smartmsg_out_t *out);

ngx_int_t ngx_smartmsg_body_insert(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);

/*
 * At the place, without a decision.  If ctx->whole is set then, what was put
 * out has to stay here, too, and the header.
 */
ngx_int_t ngx_smartmsg_body_hold(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);

/* is header and page up to the place, that were held, not to wait longer? */
ngx_uint_t ngx_smartmsg_body_is_due(ngx_smartmsg_ctx_t *ctx);
ngx_int_t ngx_smartmsg_body_begin(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);

/* the decision is there: all that is held, and the snippet if there is one */
ngx_int_t ngx_smartmsg_body_release(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);

/* nothing will be inserted, the page goes on as it is */
ngx_int_t ngx_smartmsg_body_stop(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_status_e status, ngx_buf_t *b, ngx_smartmsg_out_t *out);

/* why, when the scanner says so; and at the end of a page, if it is no place */
ngx_smartmsg_status_e ngx_smartmsg_body_stop_status(ngx_smartmsg_ctx_t *ctx);
ngx_smartmsg_status_e ngx_smartmsg_body_end_status(ngx_smartmsg_ctx_t *ctx,
    ngx_buf_t *b);

/* a page, or what is left of it, that is in a file only */
ngx_int_t ngx_smartmsg_body_file(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out);

/* what is in a file only comes into memory */
ngx_int_t ngx_smartmsg_body_file_read(ngx_smartmsg_ctx_t *ctx,
    ngx_chain_t *in);

/* a buffer as it is */
ngx_int_t ngx_smartmsg_body_put(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_out_t *out);

/* a chain as it is; there is nothing in it any more */
void ngx_smartmsg_body_put_chain(ngx_chain_t **in, ngx_smartmsg_out_t *out);

/* some bytes in memory that stay valid until they have been sent */
ngx_int_t ngx_smartmsg_body_put_part(ngx_smartmsg_ctx_t *ctx, u_char *p,
    size_t len, ngx_smartmsg_out_t *out);

/* what was kept of the buffers before */
ngx_int_t ngx_smartmsg_body_put_tail(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);

/* instead of a buffer that has become empty */
ngx_int_t ngx_smartmsg_body_put_flush(ngx_smartmsg_ctx_t *ctx,
    ngx_smartmsg_out_t *out);

/* an empty buffer of our own, used again once it has been sent; or NULL */
ngx_buf_t *ngx_smartmsg_body_get_buf(ngx_smartmsg_ctx_t *ctx);


#endif /* _NGX_SMARTMSG_BODY_H_INCLUDED_ */
