/*
 * Variations that a visitor has been given in tests, and keeps.
 */

#include "redis/ngx_smartmsg_store_internal.h"


ngx_int_t
ngx_smartmsg_store_sticky(ngx_smartmsg_store_t *store, ngx_str_t *visitor,
    time_t visitor_ttl, ngx_smartmsg_field_t *fields, ngx_uint_t nfields)
{
    ngx_int_t           rc;
    ngx_uint_t          i;
    ngx_smartmsg_cmd_t  cmd;

    if (visitor->len != NGX_SMARTMSG_VISITOR_LEN
        || nfields > NGX_SMARTMSG_STICKY_FIELDS)
    {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    ngx_smartmsg_store_cmd(&cmd, store, "HSET", visitor, 'v');

    for (i = 0; i < nfields; i++) {
        ngx_smartmsg_cmd_str(&cmd, &fields[i].name);
        ngx_smartmsg_cmd_str(&cmd, &fields[i].value);
    }

    ngx_smartmsg_store_write(&cmd, store, &rc);
    ngx_smartmsg_store_expire(store, visitor, 'v', visitor_ttl, &rc);

    return rc;
}
