/*
 * Events of pages: what they mean for caps, statistics, cart and orders, and
 * their entry in the stream.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


/* an order of which Redis has to say whether it is new */

typedef struct {
    ngx_smartmsg_store_t           *store;
    ngx_smartmsg_store_event_t      event;
} ngx_smartmsg_store_order_t;


static void ngx_smartmsg_store_count(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);
static void ngx_smartmsg_store_answered(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);
static ngx_int_t ngx_smartmsg_store_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event);
static ngx_smartmsg_store_order_t *ngx_smartmsg_store_keep_order(
    ngx_smartmsg_store_t *store, ngx_smartmsg_store_event_t *event);
static void ngx_smartmsg_store_keep_str(u_char **p, ngx_str_t *s);
static void ngx_smartmsg_store_order_reply(void *data, redisReply *reply);
static void ngx_smartmsg_store_mark_reply(void *data, redisReply *reply);
static void ngx_smartmsg_store_new_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_uint_t counted);
static void ngx_smartmsg_store_stream(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);
static void ngx_smartmsg_store_stream_str(ngx_smartmsg_cmd_t *cmd,
    const char *name, const ngx_str_t *value);


static const char  *ngx_smartmsg_store_events[] = {
    "impression", "click", "dismiss", "cart", "cart", "cart", "order",
    "convert"
};

static const char  *ngx_smartmsg_store_ops[] = {
    NULL, NULL, NULL, "set", "add", "remove", NULL, NULL
};


ngx_int_t
ngx_smartmsg_store_event(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event)
{
    ngx_int_t  rc;

    if (event->visitor.len
        && event->visitor.len != NGX_SMARTMSG_VISITOR_LEN)
    {
        return NGX_ERROR;
    }

    rc = NGX_OK;

    switch (event->event) {

    case NGX_SMARTMSG_STORE_IMPRESSION:
        ngx_smartmsg_store_count(store, event, &rc);
        break;

    case NGX_SMARTMSG_STORE_CLICK:
    case NGX_SMARTMSG_STORE_DISMISS:
        ngx_smartmsg_store_answered(store, event, &rc);
        ngx_smartmsg_store_count(store, event, &rc);
        break;

    case NGX_SMARTMSG_STORE_CART_SET:
        ngx_smartmsg_store_cart_set(store, event, &rc);
        break;

    case NGX_SMARTMSG_STORE_CART_ADD:
        ngx_smartmsg_store_cart_change(store, event, 1, &rc);
        break;

    case NGX_SMARTMSG_STORE_CART_REMOVE:
        ngx_smartmsg_store_cart_change(store, event, -1, &rc);
        break;

    case NGX_SMARTMSG_STORE_ORDER:
        if (event->visitor.len) {
            return ngx_smartmsg_store_order(store, event);
        }

        break;

    case NGX_SMARTMSG_STORE_CONVERT:
        ngx_smartmsg_store_count(store, event, &rc);
        ngx_smartmsg_store_stream(store, event, &rc);
        return rc;
    }

    ngx_smartmsg_store_stream(store, event, &rc);

    if (event->visitor.len) {
        ngx_smartmsg_store_heard(store, &event->visitor, &rc);
    }

    return rc;
}


void
ngx_smartmsg_store_heard(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "events");
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_store_expire(store, visitor, 's', NGX_SMARTMSG_SESSION_TTL,
                              rc);
}


/*
 * What the visitor did with a message, for the rules to ask.
 */

static void
ngx_smartmsg_store_answered(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    const char          *kind;
    ngx_smartmsg_cmd_t   cmd;

    if (event->visitor.len == 0) {
        return;
    }

    kind = (event->event == NGX_SMARTMSG_STORE_CLICK) ? "clicked"
                                                      : "dismissed";

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", &event->visitor, 'v');
    ngx_smartmsg_cmd_fmt(&cmd, "%s:%V", kind, &event->rule);
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_store_expire(store, &event->visitor, 'v', event->visitor_ttl,
                              rc);
}


static void
ngx_smartmsg_store_count(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    u_char              *last;
    ngx_tm_t             tm;
    ngx_str_t            day;
    ngx_smartmsg_cmd_t   cmd;
    u_char               buf[NGX_TIME_T_LEN + 4];

    ngx_gmtime(event->now, &tm);

    last = ngx_sprintf(buf, "%04d%02d%02d", tm.ngx_tm_year, tm.ngx_tm_mon,
                       tm.ngx_tm_mday);
    day.data = buf;
    day.len = last - buf;

    ngx_smartmsg_cmd(&cmd, "HINCRBY");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vstats:%V:%V", store->prefix, &event->rule,
                         &day);
    ngx_smartmsg_cmd_fmt(&cmd, "%s:%V",
                         ngx_smartmsg_store_events[event->event],
                         &event->variation);
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_cmd(&cmd, "EXPIRE");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vstats:%V:%V", store->prefix, &event->rule,
                         &day);
    ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_STATS_TTL);
    ngx_smartmsg_store_write(&cmd, store, rc);
}


/*
 * A confirmation page is reloaded, and comes back from history: the order
 * counts when its id has not been seen.
 */

static ngx_int_t
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
ngx_smartmsg_store_order_reply(void *data, redisReply *reply)
{
    ngx_smartmsg_store_order_t *order = data;

    ngx_smartmsg_cmd_t  cmd;

    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER
        || reply->integer != 1)
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
ngx_smartmsg_store_mark_reply(void *data, redisReply *reply)
{
    ngx_smartmsg_store_order_t *order = data;

    if (reply && reply->type == REDIS_REPLY_INTEGER) {
        ngx_smartmsg_store_new_order(order->store, &order->event,
                                     reply->integer == 1);
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


static void
ngx_smartmsg_store_stream(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    const char          *op;
    ngx_smartmsg_cmd_t   cmd;

    ngx_smartmsg_cmd(&cmd, "XADD");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vevents", store->prefix);
    ngx_smartmsg_cmd_text(&cmd, "MAXLEN");
    ngx_smartmsg_cmd_text(&cmd, "~");
    ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_STREAM_MAXLEN);
    ngx_smartmsg_cmd_text(&cmd, "*");

    ngx_smartmsg_cmd_text(&cmd, "event");
    ngx_smartmsg_cmd_text(&cmd, ngx_smartmsg_store_events[event->event]);

    op = ngx_smartmsg_store_ops[event->event];

    if (op) {
        ngx_smartmsg_cmd_text(&cmd, "op");
        ngx_smartmsg_cmd_text(&cmd, op);
    }

    ngx_smartmsg_store_stream_str(&cmd, "rule", &event->rule);
    ngx_smartmsg_store_stream_str(&cmd, "variation", &event->variation);
    ngx_smartmsg_store_stream_str(&cmd, "on", &event->on);

    if (event->event == NGX_SMARTMSG_STORE_CLICK && event->action >= 0) {
        ngx_smartmsg_cmd_text(&cmd, "action");
        ngx_smartmsg_cmd_int(&cmd, event->action);
    }

    ngx_smartmsg_store_stream_str(&cmd, "order", &event->order);

    if ((op || event->event == NGX_SMARTMSG_STORE_ORDER) && !event->no_value) {
        ngx_smartmsg_cmd_text(&cmd, "value");
        ngx_smartmsg_cmd_num(&cmd, event->value);
        ngx_smartmsg_store_stream_str(&cmd, "currency", &event->currency);
    }

    if (op && !event->no_items) {
        ngx_smartmsg_cmd_text(&cmd, "items");
        ngx_smartmsg_cmd_num(&cmd, event->items);
    }

    ngx_smartmsg_store_stream_str(&cmd, "visitor", &event->visitor);
    ngx_smartmsg_store_stream_str(&cmd, "page", &event->page);

    ngx_smartmsg_cmd_text(&cmd, "time");
    ngx_smartmsg_cmd_int(&cmd, event->now);

    ngx_smartmsg_store_write(&cmd, store, rc);
}


static void
ngx_smartmsg_store_stream_str(ngx_smartmsg_cmd_t *cmd, const char *name,
    const ngx_str_t *value)
{
    if (value->len) {
        ngx_smartmsg_cmd_text(cmd, name);
        ngx_smartmsg_cmd_str(cmd, value);
    }
}
