/*
 * Orders: each number counts once per visitor.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


/* an order of which Redis has to say whether it is new */

typedef struct {
    ngx_smartmsg_store_t           *store;
    ngx_smartmsg_store_event_t      event;
} ngx_smartmsg_store_order_t;


static ngx_smartmsg_store_order_t *ngx_smartmsg_store_keep_order(
    ngx_smartmsg_store_t *store, ngx_smartmsg_store_event_t *event);
static void ngx_smartmsg_store_keep_str(u_char **p, ngx_str_t *s);
static void ngx_smartmsg_store_order_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_mark_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_new_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_uint_t counted);


/*
 * A confirmation page is reloaded, and comes back from history: the order
 * counts when its id has not been seen.
 */

ngx_int_t
ngx_smartmsg_store_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event)
{
    ngx_int_t                    rc;
    ngx_smartmsg_cmd_t           cmd;
    ngx_smartmsg_store_order_t  *order;

    order = ngx_smartmsg_store_keep_order(store, event);
    if (order == NULL) {
        return NGX_ERROR;
    }

    ngx_smartmsg_store_cmd(&cmd, store, "SADD", &event->visitor, 'o');
    ngx_smartmsg_cmd_str(&cmd, &event->order);

    rc = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                ngx_smartmsg_store_order_reply, order, NULL);
    if (rc != NGX_OK) {
        ngx_free(order);
    }

    /* counted as lost if SADD was */

    ngx_smartmsg_store_expire(store, &event->visitor, 'o',
                              NGX_SMARTMSG_ORDER_TTL, &rc);

    return rc;
}


static ngx_smartmsg_store_order_t *
ngx_smartmsg_store_keep_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event)
{
    u_char                      *p;
    size_t                       size;
    ngx_smartmsg_store_event_t  *copy;
    ngx_smartmsg_store_order_t  *order;

    size = event->visitor.len + event->page.len + event->currency.len
           + event->order.len;

    order = ngx_calloc(sizeof(ngx_smartmsg_store_order_t) + size, store->log);
    if (order == NULL) {
        return NULL;
    }

    order->store = store;
    p = (u_char *) (order + 1);

    copy = &order->event;

    copy->event = event->event;
    copy->visitor = event->visitor;
    copy->now = event->now;
    copy->visitor_ttl = event->visitor_ttl;
    copy->page = event->page;
    copy->action = -1;
    copy->value = event->value;
    copy->currency = event->currency;
    copy->order = event->order;

    ngx_smartmsg_store_keep_str(&p, &copy->visitor);
    ngx_smartmsg_store_keep_str(&p, &copy->page);
    ngx_smartmsg_store_keep_str(&p, &copy->currency);
    ngx_smartmsg_store_keep_str(&p, &copy->order);

    return order;
}


static void
ngx_smartmsg_store_keep_str(u_char **p, ngx_str_t *s)
{
    u_char  *start;

    start = *p;

    if (s->len) {
        *p = ngx_cpymem(start, s->data, s->len);
    }

    s->data = start;
}


static void
ngx_smartmsg_store_order_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_order_t *order = data;

    ngx_smartmsg_cmd_t  cmd;

    if (reply == NULL || reply->type != SMARTMSG_RESP_INTEGER
        || reply->number != 1)
    {
        ngx_free(order);
        return;
    }

    /* it may have been counted before its number was known */

    ngx_smartmsg_store_cmd(&cmd, order->store, "DEL", &order->event.visitor,
                           'p');

    if (ngx_smartmsg_cmd_query(&cmd, order->store->redis,
                               ngx_smartmsg_store_mark_reply, order, NULL)
        != NGX_OK)
    {
        ngx_free(order);
    }
}


static void
ngx_smartmsg_store_mark_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_order_t *order = data;

    if (reply && reply->type == SMARTMSG_RESP_INTEGER) {
        ngx_smartmsg_store_new_order(order->store, &order->event,
                                     reply->number == 1);
    }

    ngx_free(order);
}


static void
ngx_smartmsg_store_new_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_uint_t counted)
{
    ngx_int_t  rc;

    /* what fails here is counted by the connection */

    rc = NGX_OK;

    if (!counted) {
        ngx_smartmsg_store_count_order(store, event, &rc);
    }

    ngx_smartmsg_store_heard(store, &event->visitor, &rc);

    ngx_smartmsg_store_add_number(store, &event->visitor, 'v', "revenue",
                                  event->value, &rc);

    ngx_smartmsg_store_expire(store, &event->visitor, 'v', event->visitor_ttl,
                              &rc);

    ngx_smartmsg_store_stream(store, event, &rc);
}


void
ngx_smartmsg_store_count_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", &event->visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "orders");
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HDEL", &event->visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "cart.value");
    ngx_smartmsg_cmd_text(&cmd, "cart.items");
    ngx_smartmsg_cmd_text(&cmd, "cart.currency");
    ngx_smartmsg_cmd_text(&cmd, "cart.time");
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_store_expire(store, &event->visitor, 's',
                              NGX_SMARTMSG_SESSION_TTL, rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", &event->visitor, 'v');
    ngx_smartmsg_cmd_text(&cmd, "orders");
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HSET", &event->visitor, 'v');
    ngx_smartmsg_cmd_text(&cmd, "last_order");
    ngx_smartmsg_cmd_int(&cmd, event->now);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_store_expire(store, &event->visitor, 'v', event->visitor_ttl,
                              rc);
}
