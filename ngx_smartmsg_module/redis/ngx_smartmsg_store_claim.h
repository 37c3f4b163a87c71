/*
 * Claims: whether a message may be shown to a visitor now.  The limits are
 * tested and the impression is counted in one step in Redis, so that of
 * several pages that ask at once no more get it than the limits allow.
 */

#ifndef _NGX_SMARTMSG_STORE_CLAIM_H_INCLUDED_
#define _NGX_SMARTMSG_STORE_CLAIM_H_INCLUDED_


#include "redis/ngx_smartmsg_store.h"

#include "core/limit.h"


typedef struct ngx_smartmsg_store_wait_s  ngx_smartmsg_store_wait_t;


/*
 * An impression to be counted.  Nothing is kept of it.
 */

typedef struct {
    ngx_str_t                     visitor;
    time_t                        now;
    time_t                        visitor_ttl;
    ngx_str_t                     rule;

    /* may be empty */
    ngx_str_t                     variation;
    ngx_str_t                     group;

    /* it is counted only if all of these allow it */
    smartmsg_limit_t             *limits;
    size_t                        nlimits;
} ngx_smartmsg_store_claim_t;


/*
 * NGX_OK: counted; NGX_DECLINED: a limit forbids it, "field" is the one that
 * it is about, borrowed for the call; NGX_ERROR: no answer.
 *
 * Runs from a posted event of its own, not while replies are read.
 */

typedef void (*ngx_smartmsg_store_claim_pt)(void *data, ngx_int_t rc,
    ngx_str_t *field);


/*
 * cb runs exactly once, later, unless the wait is cancelled; never after the
 * connection has been closed.  Returns NULL when Redis is down, or without
 * memory; cb will not run.
 */

ngx_smartmsg_store_wait_t *ngx_smartmsg_store_claim(
    ngx_smartmsg_store_t *store, ngx_smartmsg_store_claim_t *claim,
    ngx_smartmsg_store_claim_pt cb, void *data);

/*
 * cb will not run; the claim may be counted all the same.  To be called at
 * most once and only before cb has been entered; the wait is gone.
 */

void ngx_smartmsg_store_claim_cancel(ngx_smartmsg_store_wait_t *wait);

/*
 * Counts an impression that nobody has asked for before; the limits are not
 * looked at.
 */

ngx_int_t ngx_smartmsg_store_shown(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_claim_t *claim);


#endif /* _NGX_SMARTMSG_STORE_CLAIM_H_INCLUDED_ */
