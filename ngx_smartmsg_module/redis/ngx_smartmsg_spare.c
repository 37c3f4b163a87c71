/*
 * Blocks of memory that were used before.
 */

#include "redis/ngx_smartmsg_spare.h"


/* that are kept; none for tools that look for the use of memory given back */

#if (NGX_DEBUG_PALLOC)
#define NGX_SMARTMSG_SPARE_MAX  0
#else
#define NGX_SMARTMSG_SPARE_MAX  64
#endif


void
ngx_smartmsg_spare_init(ngx_smartmsg_spare_t *spare)
{
    ngx_queue_init(&spare->blocks);
    spare->n = 0;
}


void *
ngx_smartmsg_spare_take(ngx_smartmsg_spare_t *spare, size_t size,
    ngx_log_t *log)
{
    void  *block;

    block = ngx_smartmsg_spare_take_any(spare, size, log);

    if (block) {
        ngx_memzero(block, size);
    }

    return block;
}


void *
ngx_smartmsg_spare_take_any(ngx_smartmsg_spare_t *spare, size_t size,
    ngx_log_t *log)
{
    ngx_queue_t  *q;

    if (ngx_queue_empty(&spare->blocks)) {
        return ngx_alloc(size, log);
    }

    q = ngx_queue_head(&spare->blocks);
    ngx_queue_remove(q);
    spare->n--;

    return q;
}


void
ngx_smartmsg_spare_give(ngx_smartmsg_spare_t *spare, void *block)
{
    if (spare->n == NGX_SMARTMSG_SPARE_MAX) {
        ngx_free(block);
        return;
    }

    ngx_queue_insert_head(&spare->blocks, (ngx_queue_t *) block);
    spare->n++;
}


void
ngx_smartmsg_spare_free(ngx_smartmsg_spare_t *spare)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&spare->blocks)) {
        q = ngx_queue_head(&spare->blocks);
        ngx_queue_remove(q);
        ngx_free(q);
    }
}
