/*
 * A compact copy of a Redis hash: one block of memory that outlives the reply.
 */

#ifndef _NGX_SMARTMSG_FIELDS_H_INCLUDED_
#define _NGX_SMARTMSG_FIELDS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_md5.h>

#include "core/resp.h"

#include "redis/ngx_smartmsg_spare.h"


typedef struct {
    ngx_str_t                     name;
    ngx_str_t                     value;
} ngx_smartmsg_field_t;


typedef struct {
    /* names are unique */
    ngx_smartmsg_field_t         *elts;
    ngx_uint_t                    nelts;

    /* bytes of all names and values together */
    size_t                        size;

    /* whose block it is; NULL: of its own */
    ngx_smartmsg_spare_t         *spare;
} ngx_smartmsg_fields_t;


/*
 * Copies the reply to HGETALL, sorted by name, bytewise.  A key that does not
 * exist gives no fields.  Returns NULL when the reply is missing, an error or
 * no list of pairs, or without memory.  To be freed with
 * ngx_smartmsg_fields_free().
 */

ngx_smartmsg_fields_t *ngx_smartmsg_fields_create(smartmsg_resp_t *reply,
    ngx_log_t *log);

/*
 * The same for the time of a page view, in no order.  Unless they are many,
 * they are in a block of "spare", which has to outlive them; its blocks are
 * for nothing else.
 */

ngx_smartmsg_fields_t *ngx_smartmsg_fields_take(smartmsg_resp_t *reply,
    ngx_smartmsg_spare_t *spare, ngx_log_t *log);

/*
 * NULL is allowed.
 */

void ngx_smartmsg_fields_free(ngx_smartmsg_fields_t *fields);

/*
 * Looks a field up: NGX_OK and the value, which lives as long as the fields,
 * or NGX_DECLINED.  "fields" may be NULL: nothing is found.
 */

ngx_int_t ngx_smartmsg_fields_get(ngx_smartmsg_fields_t *fields,
    const u_char *name, size_t len, ngx_str_t *value);

/*
 * Feeds all names and values to a digest, to tell whether two sorted copies
 * differ.  NULL differs from no fields.
 */

void ngx_smartmsg_fields_digest(ngx_smartmsg_fields_t *fields,
    ngx_md5_t *md5);


#endif /* _NGX_SMARTMSG_FIELDS_H_INCLUDED_ */
