
#include "http/ngx_smartmsg.h"


ngx_int_t
ngx_smartmsg_csp_headers(ngx_smartmsg_ctx_t *ctx)
{
    return NGX_OK;
}


ngx_int_t
ngx_smartmsg_csp_page(ngx_smartmsg_ctx_t *ctx)
{
    return NGX_OK;
}
