
/*
 * Places for the snippet in files: pages that proxy_cache has kept, static
 * pages.  A file is scanned once by each worker; after that what the scanner
 * found is remembered, and only some bytes around the place are read.
 */


#ifndef _NGX_SMARTMSG_PLACE_H_INCLUDED_
#define _NGX_SMARTMSG_PLACE_H_INCLUDED_


#include "http/ngx_smartmsg.h"


/* what is read of a file when the place in it is known: bytes around it */

#define NGX_SMARTMSG_PLACE_BEFORE  16
#define NGX_SMARTMSG_PLACE_AFTER   1024


typedef struct {
    /* the end of the page, if "whole", else some bytes of it */
    u_char                      *tail;
    size_t                       len;
    unsigned                     whole:1;
} ngx_smartmsg_place_tail_t;


/*
 * Sets ctx->html to what the scanner says of the part of a file that the
 * buffer stands for, as if it had been fed with it, and reads what follows
 * the place, if there is one.  Reads block, as those of nginx without aio.
 * NGX_ERROR: it could not be read.
 */
ngx_int_t ngx_smartmsg_place_find(ngx_smartmsg_ctx_t *ctx, ngx_buf_t *b,
    ngx_smartmsg_place_tail_t *tail);


#endif /* _NGX_SMARTMSG_PLACE_H_INCLUDED_ */
