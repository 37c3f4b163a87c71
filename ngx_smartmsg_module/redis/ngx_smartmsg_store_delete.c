/*
 * Forgetting a visitor.
 */

#include "redis/ngx_smartmsg_store_internal.h"


ngx_int_t
ngx_smartmsg_store_delete(ngx_smartmsg_store_t *store, ngx_str_t *visitor)
{
    ngx_int_t           rc;
    ngx_smartmsg_cmd_t  cmd;

    if (visitor->len != NGX_SMARTMSG_VISITOR_LEN) {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    ngx_smartmsg_store_cmd(&cmd, store, "DEL", visitor, 's');
    ngx_smartmsg_store_key(&cmd, store, visitor, 'v');
    ngx_smartmsg_store_key(&cmd, store, visitor, 'o');
    ngx_smartmsg_store_key(&cmd, store, visitor, 'p');
    ngx_smartmsg_store_write(&cmd, store, &rc);

    return rc;
}
