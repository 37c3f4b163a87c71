
/*
 * What the browser is told, and tells, about the showing of a message.
 */


#ifndef _NGX_SMARTMSG_CLAIM_H_INCLUDED_
#define _NGX_SMARTMSG_CLAIM_H_INCLUDED_


#include "http/ngx_smartmsg.h"

#include "core/events.h"


/*
 * Answers a claim, a request whose body has been read.  NGX_DONE: the answer
 * comes later, the request is finalized then; anything else is for
 * ngx_http_finalize_request().
 */
ngx_int_t ngx_smartmsg_claim(ngx_http_request_t *r, smartmsg_event_t *event,
    ngx_smartmsg_consent_t *consent);

/*
 * The events of a request, but for a claim; Redis may be away.  Of somebody
 * anonymous consent->visitor is empty.
 */
void ngx_smartmsg_event_write(ngx_http_request_t *r,
    smartmsg_events_t *events, ngx_smartmsg_consent_t *consent);

/* an impression that was not claimed; the rule exists */
void ngx_smartmsg_impression(ngx_http_request_t *r, ngx_str_t *visitor,
    smartmsg_event_t *event);

/*
 * The visitor has done something that may be the goal of rules.  The name is
 * that of an event: "order", "cart", or one that was tracked.
 */
void ngx_smartmsg_goal(ngx_http_request_t *r, ngx_str_t *visitor,
    ngx_str_t *name);


#endif /* _NGX_SMARTMSG_CLAIM_H_INCLUDED_ */
