/*
 * Blocks of memory of one size that were used before, for what each page view
 * needs one of: cheaper than to ask for memory and give it back.
 */

#ifndef _NGX_SMARTMSG_SPARE_H_INCLUDED_
#define _NGX_SMARTMSG_SPARE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    /* what a block begins with while nobody uses it */
    ngx_queue_t                   blocks;
    ngx_uint_t                    n;
} ngx_smartmsg_spare_t;


void ngx_smartmsg_spare_init(ngx_smartmsg_spare_t *spare);

/*
 * A block of zeros, NULL without memory.  The size is at least that of a
 * queue, and always the same.
 */

void *ngx_smartmsg_spare_take(ngx_smartmsg_spare_t *spare, size_t size,
    ngx_log_t *log);

/*
 * The same with anything in it.
 */

void *ngx_smartmsg_spare_take_any(ngx_smartmsg_spare_t *spare, size_t size,
    ngx_log_t *log);

void ngx_smartmsg_spare_give(ngx_smartmsg_spare_t *spare, void *block);

/*
 * Frees the blocks that nobody uses.
 */

void ngx_smartmsg_spare_free(ngx_smartmsg_spare_t *spare);


#endif /* _NGX_SMARTMSG_SPARE_H_INCLUDED_ */
