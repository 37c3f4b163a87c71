
/*
 * Inflates a page that comes gzip'ed from the shop, so that it can be scanned.
 * It runs only for pages that may get a snippet; the gzip filter behind us
 * compresses them again where the operator wants it.
 *
 * The gunzip filter of nginx cannot do this: it inflates only for clients
 * that do not take gzip.
 */


#include "http/ngx_smartmsg.h"

#include <zlib.h>


#define NGX_SMARTMSG_INFLATE_BUFS  8
#define NGX_SMARTMSG_INFLATE_SIZE  16384


struct ngx_smartmsg_inflate_s {
    z_stream      zstream;

    ngx_chain_t  *in;       /* not yet looked at */
    ngx_buf_t    *in_buf;   /* being inflated */
    ngx_buf_t    *out_buf;  /* being filled */

    ngx_chain_t  *out;      /* full, on the way to the next filter */
    ngx_chain_t **last_out;
    ngx_chain_t  *free;
    ngx_chain_t  *busy;

    ngx_uint_t    bufs;

    unsigned      again:1;  /* zlib may have more output */
    unsigned      ended:1;  /* at the end of a gzip member */
    unsigned      members:1; /* there was a whole one */
    unsigned      done:1;
};


static ngx_int_t ngx_smartmsg_inflate_run(ngx_http_request_t *r,
    ngx_smartmsg_inflate_t *z);
static ngx_int_t ngx_smartmsg_inflate_next(ngx_http_request_t *r,
    ngx_smartmsg_inflate_t *z);
static ngx_int_t ngx_smartmsg_inflate_some(ngx_http_request_t *r,
    ngx_smartmsg_inflate_t *z);
static ngx_int_t ngx_smartmsg_inflate_flags(ngx_http_request_t *r,
    ngx_smartmsg_inflate_t *z, ngx_buf_t *b);
static ngx_int_t ngx_smartmsg_inflate_out_buf(ngx_http_request_t *r,
    ngx_smartmsg_inflate_t *z);
static ngx_int_t ngx_smartmsg_inflate_put(ngx_http_request_t *r,
    ngx_smartmsg_inflate_t *z, ngx_buf_t *b);
static void *ngx_smartmsg_inflate_alloc(void *opaque, u_int items,
    u_int size);
static void ngx_smartmsg_inflate_free(void *opaque, void *address);


/* its address marks the buffers of this file */

static u_char  ngx_smartmsg_inflate_tag;

#define NGX_SMARTMSG_INFLATE_TAG  (ngx_buf_tag_t) &ngx_smartmsg_inflate_tag


/* all memory is of the request's pool, so there is nothing to end */

ngx_int_t
ngx_smartmsg_inflate_start(ngx_smartmsg_ctx_t *ctx)
{
    ngx_smartmsg_inflate_t  *z;

    z = ngx_pcalloc(ctx->request->pool, sizeof(ngx_smartmsg_inflate_t));
    if (z == NULL) {
        return NGX_ERROR;
    }

    z->zstream.zalloc = ngx_smartmsg_inflate_alloc;
    z->zstream.zfree = ngx_smartmsg_inflate_free;
    z->zstream.opaque = ctx->request->pool;

    /* 16: with a gzip wrapper */

    if (inflateInit2(&z->zstream, MAX_WBITS + 16) != Z_OK) {
        ngx_log_error(NGX_LOG_ERR, ctx->request->connection->log, 0,
                      "smartmsg: inflateInit2() failed");
        return NGX_ERROR;
    }

    z->last_out = &z->out;
    ctx->inflate = z;

    return NGX_OK;
}


ngx_int_t
ngx_smartmsg_inflate(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_int_t                rc, run;
    ngx_chain_t             *out;
    ngx_http_request_t      *r;
    ngx_smartmsg_inflate_t  *z;

    r = ctx->request;
    z = ctx->inflate;

    if (z->done) {
        return ngx_smartmsg_body_page(ctx, in);
    }

    if (in && ngx_chain_add_copy(r->pool, &z->in, in) != NGX_OK) {
        return NGX_ERROR;
    }

    do {
        run = ngx_smartmsg_inflate_run(r, z);

        if (run == NGX_ERROR) {
            return NGX_ERROR;
        }

        /* NGX_AGAIN: no buffer is free until some have been sent */

        ctx->starved = (run == NGX_AGAIN);
        ngx_smartmsg_set_buffered(ctx);

        out = z->out;
        z->out = NULL;
        z->last_out = &z->out;

        rc = ngx_smartmsg_body_page(ctx, out);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        ngx_chain_update_chains(r->pool, &z->free, &z->busy, &out,
                                NGX_SMARTMSG_INFLATE_TAG);

    } while (run == NGX_AGAIN && z->free);

    return rc;
}


/* NGX_OK: all input is used up; NGX_AGAIN: there is no room for output */

static ngx_int_t
ngx_smartmsg_inflate_run(ngx_http_request_t *r, ngx_smartmsg_inflate_t *z)
{
    ngx_int_t   rc;
    ngx_buf_t  *b;

    for ( ;; ) {

        if (z->zstream.avail_in == 0 && !z->again) {

            rc = ngx_smartmsg_inflate_next(r, z);

            if (rc == NGX_DONE) {
                break;
            }

        } else {
            rc = ngx_smartmsg_inflate_some(r, z);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }

    /* what there is goes out now: the shop may pause here */

    if (z->out_buf && z->out_buf->last != z->out_buf->pos) {
        b = z->out_buf;
        z->out_buf = NULL;
        return ngx_smartmsg_inflate_put(r, z, b);
    }

    return NGX_OK;
}


/* closes the input buffer, opens the next; NGX_DONE if there is none */

static ngx_int_t
ngx_smartmsg_inflate_next(ngx_http_request_t *r, ngx_smartmsg_inflate_t *z)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = z->in_buf;

    if (b) {
        z->in_buf = NULL;
        b->pos = b->last;

        return ngx_smartmsg_inflate_flags(r, z, b);
    }

    cl = z->in;

    if (cl == NULL) {
        return NGX_DONE;
    }

    b = cl->buf;
    z->in = cl->next;
    ngx_free_chain(r->pool, cl);

    if (!ngx_buf_in_memory(b) && b->in_file) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "smartmsg: gzip'ed page in a file");
        return NGX_ERROR;
    }

    z->in_buf = b;
    z->zstream.next_in = b->pos;
    z->zstream.avail_in = ngx_buf_in_memory(b) ? b->last - b->pos : 0;

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_inflate_some(ngx_http_request_t *r, ngx_smartmsg_inflate_t *z)
{
    int         rc;
    ngx_buf_t  *b;

    if (z->ended) {

        /* gzip members may follow each other, RFC 1952, section 2.2 */

        if (inflateReset(&z->zstream) != Z_OK) {
            return NGX_ERROR;
        }

        z->ended = 0;
    }

    if (z->out_buf == NULL && ngx_smartmsg_inflate_out_buf(r, z) != NGX_OK) {
        return (z->bufs < NGX_SMARTMSG_INFLATE_BUFS) ? NGX_ERROR : NGX_AGAIN;
    }

    b = z->out_buf;

    z->zstream.next_out = b->last;
    z->zstream.avail_out = b->end - b->last;

    rc = inflate(&z->zstream, Z_SYNC_FLUSH);

    b->last = z->zstream.next_out;

    if (rc == Z_DATA_ERROR && z->members && z->zstream.total_out == 0) {

        /* what follows the page is no gzip member: browsers ignore it too */

        z->zstream.avail_in = 0;
        z->ended = 1;

        return NGX_OK;
    }

    if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "smartmsg: gzip'ed page is damaged: inflate() %d", rc);
        return NGX_ERROR;
    }

    z->ended = (rc == Z_STREAM_END);
    z->members |= z->ended;
    z->again = (rc == Z_OK && z->zstream.avail_out == 0);

    if (z->zstream.avail_out == 0) {
        z->out_buf = NULL;
        return ngx_smartmsg_inflate_put(r, z, b);
    }

    return NGX_OK;
}


/* an input buffer is through: the end of the page and flushes are passed on */

static ngx_int_t
ngx_smartmsg_inflate_flags(ngx_http_request_t *r, ngx_smartmsg_inflate_t *z,
    ngx_buf_t *b)
{
    ngx_buf_t  *out;

    if (!b->last_buf && !b->flush) {
        return NGX_OK;
    }

    out = z->out_buf;

    if (out == NULL || out->last == out->pos) {

        out = ngx_calloc_buf(r->pool);
        if (out == NULL) {
            return NGX_ERROR;
        }

        out->sync = 1;

    } else {
        z->out_buf = NULL;
    }

    out->flush = b->flush;

    if (b->last_buf) {
        out->last_buf = 1;
        out->last_in_chain = 1;
        z->done = 1;
    }

    return ngx_smartmsg_inflate_put(r, z, out);
}


static ngx_int_t
ngx_smartmsg_inflate_out_buf(ngx_http_request_t *r, ngx_smartmsg_inflate_t *z)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = z->free;

    if (cl) {
        z->free = cl->next;
        z->out_buf = cl->buf;
        ngx_free_chain(r->pool, cl);

        z->out_buf->flush = 0;

        return NGX_OK;
    }

    if (z->bufs == NGX_SMARTMSG_INFLATE_BUFS) {
        return NGX_DECLINED;
    }

    b = ngx_create_temp_buf(r->pool, NGX_SMARTMSG_INFLATE_SIZE);
    if (b == NULL) {
        return NGX_ERROR;
    }

    /* "recycled" has the write filter send it without waiting for more */

    b->recycled = 1;
    b->tag = NGX_SMARTMSG_INFLATE_TAG;

    z->bufs++;
    z->out_buf = b;

    return NGX_OK;
}


static ngx_int_t
ngx_smartmsg_inflate_put(ngx_http_request_t *r, ngx_smartmsg_inflate_t *z,
    ngx_buf_t *b)
{
    ngx_chain_t  *cl;

    cl = ngx_alloc_chain_link(r->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;

    *z->last_out = cl;
    z->last_out = &cl->next;

    return NGX_OK;
}


static void *
ngx_smartmsg_inflate_alloc(void *opaque, u_int items, u_int size)
{
    return ngx_palloc(opaque, (size_t) items * size);
}


static void
ngx_smartmsg_inflate_free(void *opaque, void *address)
{
    (void) opaque;
    (void) address;
}
