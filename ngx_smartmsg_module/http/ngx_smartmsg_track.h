
/*
 * Events that nginx sees happen: a request that smartmsg_track or a shop pack
 * names has succeeded.
 *
 *   ngx_smartmsg_track.c         smartmsg_track, and which events there are
 *   ngx_smartmsg_track_look.c    events that the JSON of the response confirms
 *   ngx_smartmsg_track_write.c   what they leave in Redis
 */


#ifndef _NGX_SMARTMSG_TRACK_H_INCLUDED_
#define _NGX_SMARTMSG_TRACK_H_INCLUDED_


#include "http/ngx_smartmsg.h"

#include "core/pack.h"


typedef struct {
    ngx_str_t                    name;
    smartmsg_pack_kind_e         kind;

    /* order; it must have a number */
    ngx_str_t                    id;

    /* order, cart */
    double                       value;
    double                       items;
    ngx_str_t                    currency;

    /* cart */
    ngx_smartmsg_store_event_e   op;

    /* any other, for the stream */
    ngx_smartmsg_field_t         fields[NGX_SMARTMSG_TRACK_FIELDS];
    ngx_uint_t                   nfields;

    unsigned                     has_value:1;
    unsigned                     has_items:1;
} ngx_smartmsg_tracked_t;


/* what the response says has happened in the shop; not for subrequests */
void ngx_smartmsg_track(ngx_http_request_t *r, ngx_smartmsg_loc_conf_t *lcf);

/*
 * Writes it for the visitor whose cookie came with the request; nothing is
 * written without one.
 */
void ngx_smartmsg_track_write(ngx_http_request_t *r,
    ngx_smartmsg_tracked_t *tracked);

/*
 * Waits for the body of the response, of which nothing is held back, and
 * writes those of the events that it confirms.
 */
void ngx_smartmsg_track_look(ngx_http_request_t *r,
    const smartmsg_pack_event_t **events, size_t n);

/* the next part of a body that is waited for */
void ngx_smartmsg_look(ngx_smartmsg_ctx_t *ctx, ngx_chain_t *in);


#endif /* _NGX_SMARTMSG_TRACK_H_INCLUDED_ */
