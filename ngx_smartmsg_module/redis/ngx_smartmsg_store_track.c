/*
 * Events that nginx itself has seen happen: a request of the shop succeeded.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


/* an order without a number, of which Redis has to say whether it is new */

typedef struct {
    ngx_smartmsg_store_t           *store;
    ngx_smartmsg_store_event_t      event;
    u_char                          visitor[NGX_SMARTMSG_VISITOR_LEN];
} ngx_smartmsg_store_placed_t;


static void ngx_smartmsg_store_placed(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_track_t *track, ngx_int_t *rc);
static void ngx_smartmsg_store_placed_reply(void *data,
    smartmsg_resp_t *reply);


ngx_int_t
ngx_smartmsg_store_track(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_track_t *track)
{
    ngx_int_t  rc;

    if (track->visitor.len != NGX_SMARTMSG_VISITOR_LEN) {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    ngx_smartmsg_store_happened(store, &track->visitor, &track->name, &rc);
    ngx_smartmsg_store_heard(store, &track->visitor, &rc);

    ngx_smartmsg_store_stream_track(store, track, &rc);

    if (track->placed) {
        ngx_smartmsg_store_placed(store, track, &rc);
    }

    return rc;
}


/*
 * The mark says that an order has been counted whose number is not known.  The
 * next order with a number takes it away and is that order.
 */

static void
ngx_smartmsg_store_placed(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_track_t *track, ngx_int_t *rc)
{
    ngx_int_t                     sent;
    ngx_smartmsg_cmd_t            cmd;
    ngx_smartmsg_store_placed_t  *placed;

    placed = ngx_calloc(sizeof(ngx_smartmsg_store_placed_t), store->log);
    if (placed == NULL) {
        *rc = NGX_ERROR;
        return;
    }

    placed->store = store;
    placed->event.now = track->now;
    placed->event.visitor_ttl = track->visitor_ttl;
    placed->event.visitor.data = placed->visitor;
    placed->event.visitor.len = NGX_SMARTMSG_VISITOR_LEN;
    ngx_memcpy(placed->visitor, track->visitor.data,
               NGX_SMARTMSG_VISITOR_LEN);

    ngx_smartmsg_store_cmd(&cmd, store, "SET", &track->visitor, 'p');
    ngx_smartmsg_cmd_int(&cmd, track->now);
    ngx_smartmsg_cmd_text(&cmd, "NX");
    ngx_smartmsg_cmd_text(&cmd, "EX");
    ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_PLACED_TTL);

    sent = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                  ngx_smartmsg_store_placed_reply, placed,
                                  NULL);
    if (sent != NGX_OK) {
        ngx_free(placed);
        *rc = sent;
    }
}


static void
ngx_smartmsg_store_placed_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_placed_t *placed = data;

    ngx_int_t  rc;

    /* what fails here is counted by the connection */

    rc = NGX_OK;

    if (reply && reply->type == SMARTMSG_RESP_STATUS) {
        ngx_smartmsg_store_count_order(placed->store, &placed->event, &rc);
    }

    ngx_free(placed);
}
