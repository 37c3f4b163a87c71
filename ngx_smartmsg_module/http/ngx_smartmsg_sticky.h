
/*
 * Sticky buckets: whoever has been given a variation keeps it, though weights
 * or conditions change.
 */


#ifndef _NGX_SMARTMSG_STICKY_H_INCLUDED_
#define _NGX_SMARTMSG_STICKY_H_INCLUDED_


#include "http/ngx_smartmsg.h"


/* for the context of a decision: what the visitor's hash has, and what is new */
void ngx_smartmsg_sticky_init(ngx_smartmsg_ctx_t *ctx,
    smartmsg_sticky_t *sticky);

/* after the decision: sends what is new to Redis, and nobody waits */
void ngx_smartmsg_sticky_write(ngx_smartmsg_ctx_t *ctx);


#endif /* _NGX_SMARTMSG_STICKY_H_INCLUDED_ */
