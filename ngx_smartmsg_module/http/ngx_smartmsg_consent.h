
/*
 * Whether anything may be remembered of a visitor: what the operator, the
 * browser's signals and the visitor have said.
 */


#ifndef _NGX_SMARTMSG_CONSENT_H_INCLUDED_
#define _NGX_SMARTMSG_CONSENT_H_INCLUDED_


#include "http/ngx_smartmsg.h"

#include "core/events.h"


/*
 * The consent to this request, whose headers "h" are, and the cookie that came
 * with it.  Reads only; never fails: what cannot be evaluated is no consent.
 */
void ngx_smartmsg_consent(ngx_http_request_t *r, ngx_smartmsg_headers_t *h,
    ngx_smartmsg_consent_t *consent);

/* granted, denied, ...: a static text */
void ngx_smartmsg_consent_name(ngx_smartmsg_consent_t *consent,
    ngx_str_t *name);

/*
 * Deletes what was remembered of a visitor: the keys in Redis, and by a header
 * of this response the cookie.  While Redis is away it does nothing, so that
 * the keys are not left behind: the next request brings the cookie again.
 */
ngx_int_t ngx_smartmsg_forget(ngx_http_request_t *r, ngx_str_t *visitor);

/*
 * What a batch of events says about consent; it is in force from this batch
 * on.  May make a visitor, or forget one, and then adds the cookie's header.
 * NGX_ERROR without memory.
 */
ngx_int_t ngx_smartmsg_consent_events(ngx_http_request_t *r,
    smartmsg_events_t *events, ngx_smartmsg_consent_t *consent);

/* Vary, for a page that depends on the browser's signals */
ngx_int_t ngx_smartmsg_consent_vary(ngx_http_request_t *r);


#endif /* _NGX_SMARTMSG_CONSENT_H_INCLUDED_ */
