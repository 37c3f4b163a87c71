/*
 * The cart, as pages report it.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>

#include "core/number.h"


/* a cart as reported, of which Redis has to say whether it is another one */

typedef struct {
    ngx_smartmsg_store_t           *store;

    ngx_str_t                       visitor;
    u_char                          id[NGX_SMARTMSG_VISITOR_LEN];
    time_t                          now;
    double                          value;
    double                          items;
    unsigned                        no_value:1;
    unsigned                        no_items:1;
} ngx_smartmsg_store_cart_t;


static void ngx_smartmsg_store_compare_cart(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);
static void ngx_smartmsg_store_cart_reply(void *data,
    smartmsg_resp_t *reply);
static ngx_uint_t ngx_smartmsg_store_is_number(smartmsg_resp_t *reply,
    double number);
static void ngx_smartmsg_store_cart_time(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, time_t now, ngx_int_t *rc);


void
ngx_smartmsg_store_cart_set(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    if (event->visitor.len == 0) {
        return;
    }

    ngx_smartmsg_store_compare_cart(store, event, rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HSET", &event->visitor, 's');

    if (!event->no_value) {
        ngx_smartmsg_cmd_text(&cmd, "cart.value");
        ngx_smartmsg_cmd_num(&cmd, event->value);
    }

    if (!event->no_items) {
        ngx_smartmsg_cmd_text(&cmd, "cart.items");
        ngx_smartmsg_cmd_num(&cmd, event->items);
    }

    if (event->currency.len) {
        ngx_smartmsg_cmd_text(&cmd, "cart.currency");
        ngx_smartmsg_cmd_str(&cmd, &event->currency);
    }

    ngx_smartmsg_store_write(&cmd, store, rc);

    if (event->currency.len == 0 && !event->no_value) {
        ngx_smartmsg_store_cmd(&cmd, store, "HDEL", &event->visitor, 's');
        ngx_smartmsg_cmd_text(&cmd, "cart.currency");
        ngx_smartmsg_store_write(&cmd, store, rc);
    }
}


/*
 * A page that shows the cart reports it, changed or not: what was known before
 * is asked for ahead of writing it.
 */

static void
ngx_smartmsg_store_compare_cart(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    ngx_int_t                   sent;
    ngx_smartmsg_cmd_t          cmd;
    ngx_smartmsg_store_cart_t  *cart;

    cart = ngx_calloc(sizeof(ngx_smartmsg_store_cart_t), store->log);
    if (cart == NULL) {
        *rc = NGX_ERROR;
        return;
    }

    cart->store = store;
    cart->now = event->now;
    cart->value = event->value;
    cart->items = event->items;
    cart->no_value = event->no_value;
    cart->no_items = event->no_items;
    cart->visitor.data = cart->id;
    cart->visitor.len = NGX_SMARTMSG_VISITOR_LEN;
    ngx_memcpy(cart->id, event->visitor.data, NGX_SMARTMSG_VISITOR_LEN);

    ngx_smartmsg_store_cmd(&cmd, store, "HMGET", &event->visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "cart.value");
    ngx_smartmsg_cmd_text(&cmd, "cart.items");

    sent = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                  ngx_smartmsg_store_cart_reply, cart, NULL);
    if (sent != NGX_OK) {
        ngx_free(cart);
        *rc = sent;
    }
}


static void
ngx_smartmsg_store_cart_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_cart_t *cart = data;

    ngx_int_t         rc;
    smartmsg_resp_t  *value, *items;

    /* what fails here is counted by the connection */

    rc = NGX_OK;

    if (reply == NULL || reply->type != SMARTMSG_RESP_ARRAY
        || reply->number != 2)
    {
        ngx_free(cart);
        return;
    }

    value = smartmsg_resp_first(reply);
    items = smartmsg_resp_next(value);

    if (!((cart->no_value
           || ngx_smartmsg_store_is_number(value, cart->value))
          && (cart->no_items
              || ngx_smartmsg_store_is_number(items, cart->items))))
    {
        ngx_smartmsg_store_cart_time(cart->store, &cart->visitor, cart->now,
                                     &rc);

        /* the session may have been deleted meanwhile */

        ngx_smartmsg_store_expire(cart->store, &cart->visitor, 's',
                                  NGX_SMARTMSG_SESSION_TTL, &rc);
    }

    ngx_free(cart);
}


static ngx_uint_t
ngx_smartmsg_store_is_number(smartmsg_resp_t *reply, double number)
{
    double  known;

    return (reply->type == SMARTMSG_RESP_STRING
            && smartmsg_number_parse(smartmsg_str(reply->str, reply->len),
                                     &known)
            && known == number);
}


static void
ngx_smartmsg_store_cart_time(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, time_t now, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "HSET", visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "cart.time");
    ngx_smartmsg_cmd_int(&cmd, now);
    ngx_smartmsg_store_write(&cmd, store, rc);
}


void
ngx_smartmsg_store_cart_change(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, int sign, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    if (event->visitor.len == 0) {
        return;
    }

    ngx_smartmsg_store_add_number(store, &event->visitor, 's', "cart.value",
                                  sign * event->value, rc);
    ngx_smartmsg_store_add_number(store, &event->visitor, 's', "cart.items",
                                  sign * event->items, rc);
    ngx_smartmsg_store_cart_time(store, &event->visitor, event->now, rc);

    if (event->currency.len) {
        ngx_smartmsg_store_cmd(&cmd, store, "HSET", &event->visitor, 's');
        ngx_smartmsg_cmd_text(&cmd, "cart.currency");
        ngx_smartmsg_cmd_str(&cmd, &event->currency);
        ngx_smartmsg_store_write(&cmd, store, rc);
    }
}
