
/*
 * smartmsg_shop: what a shop pack (core/pack.h) says about a request, and
 * about a page view.
 */


#ifndef _NGX_SMARTMSG_PACK_H_INCLUDED_
#define _NGX_SMARTMSG_PACK_H_INCLUDED_


#include "http/ngx_smartmsg.h"

#include "core/pack.h"


/*
 * Describes the request for a pack: the path without what the shop lives
 * under.  NGX_DECLINED if it is outside of the shop, or there is no pack.
 */
ngx_int_t ngx_smartmsg_pack_request(ngx_http_request_t *r,
    smartmsg_pack_request_t *request);

/* the cheap question: can the request be an event of the pack at all? */
ngx_uint_t ngx_smartmsg_pack_watches(ngx_http_request_t *r);

/* as smartmsg_pack_events(); there is a pack */
size_t ngx_smartmsg_pack_events(ngx_http_request_t *r,
    smartmsg_pack_request_t *request, const smartmsg_pack_event_t **events);

/* the pack says that nothing is to be put into this page */
ngx_uint_t ngx_smartmsg_pack_ignores(ngx_http_request_t *r);

/* smartmsg_page, else what the pack says; NGX_DECLINED: neither says anything */
ngx_int_t ngx_smartmsg_page_type(ngx_http_request_t *r, ngx_str_t *type);

/* facts of the cart that cookies tell; NGX_DECLINED: they do not */
ngx_int_t ngx_smartmsg_pack_fact(ngx_smartmsg_ctx_t *ctx, ngx_str_t *name,
    smartmsg_value_t *value);

/* must the browser look for an order in this page? */
ngx_uint_t ngx_smartmsg_pack_wants_script(ngx_smartmsg_ctx_t *ctx);

/*
 * What the browser has to know of the pack in this page, as an escaped
 * attribute; empty if nothing.
 */
ngx_int_t ngx_smartmsg_pack_snippet(ngx_smartmsg_ctx_t *ctx, ngx_str_t *json);


#endif /* _NGX_SMARTMSG_PACK_H_INCLUDED_ */
