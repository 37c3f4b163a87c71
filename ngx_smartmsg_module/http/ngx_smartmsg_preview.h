
/*
 * Preview links: a page asked for with a valid token shows one message to
 * whoever has the link, and tells why each rule was or was not chosen.
 */


#ifndef _NGX_SMARTMSG_PREVIEW_H_INCLUDED_
#define _NGX_SMARTMSG_PREVIEW_H_INCLUDED_


#include "http/ngx_smartmsg.h"


/*
 * Takes the argument with the token out of the request, so that neither
 * facts nor caches nor the shop see it; *token is its decoded value, empty if
 * there was none.  To be called for each request that may be a page.
 */
ngx_int_t ngx_smartmsg_preview_take(ngx_http_request_t *r, ngx_str_t *token);

/*
 * A valid ctx->token makes a preview of the page; any other is as good as none.
 * While the rules are waited for, nobody knows which tokens are.
 */
void ngx_smartmsg_preview_begin(ngx_smartmsg_ctx_t *ctx);

/* is it valid?  Nothing is changed. */
ngx_uint_t ngx_smartmsg_preview_valid(ngx_http_request_t *r,
    ngx_str_t *token);

/*
 * Replaces the decision, made with these, by that of the preview, and
 * describes it.
 */
ngx_int_t ngx_smartmsg_preview_decide(ngx_smartmsg_ctx_t *ctx,
    smartmsg_context_t *context, smartmsg_seen_t *seen);

/* the response is nobody else's, and its address neither */
ngx_int_t ngx_smartmsg_preview_headers(ngx_http_request_t *r);

#endif /* _NGX_SMARTMSG_PREVIEW_H_INCLUDED_ */
