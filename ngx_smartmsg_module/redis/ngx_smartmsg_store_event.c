/*
 * Events of pages: what they mean for caps, statistics, cart and orders.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


static void ngx_smartmsg_store_means(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);
static void ngx_smartmsg_store_count(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);
static void ngx_smartmsg_store_reaction(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);


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

    if (event->event == NGX_SMARTMSG_STORE_ORDER && event->visitor.len) {
        return ngx_smartmsg_store_order(store, event);
    }

    if (event->event == NGX_SMARTMSG_STORE_IDENTIFY && event->visitor.len == 0)
    {
        return NGX_OK;
    }

    rc = NGX_OK;

    ngx_smartmsg_store_means(store, event, &rc);
    ngx_smartmsg_store_stream(store, event, &rc);

    /* a goal that was reached follows from an event of the visitor */

    if (event->visitor.len && event->event != NGX_SMARTMSG_STORE_CONVERT) {
        ngx_smartmsg_store_heard(store, &event->visitor, &rc);
    }

    return rc;
}


/*
 * What changes with an event, besides that there was one.
 */

static void
ngx_smartmsg_store_means(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    switch (event->event) {

    case NGX_SMARTMSG_STORE_IMPRESSION:
    case NGX_SMARTMSG_STORE_CONVERT:
        ngx_smartmsg_store_count(store, event, rc);
        break;

    case NGX_SMARTMSG_STORE_CLICK:
    case NGX_SMARTMSG_STORE_DISMISS:
    case NGX_SMARTMSG_STORE_ANSWER:
        ngx_smartmsg_store_reaction(store, event, rc);
        ngx_smartmsg_store_count(store, event, rc);
        break;

    case NGX_SMARTMSG_STORE_CART_SET:
        ngx_smartmsg_store_cart_set(store, event, rc);
        break;

    case NGX_SMARTMSG_STORE_CART_ADD:
        ngx_smartmsg_store_cart_change(store, event, 1, rc);
        break;

    case NGX_SMARTMSG_STORE_CART_REMOVE:
        ngx_smartmsg_store_cart_change(store, event, -1, rc);
        break;

    case NGX_SMARTMSG_STORE_TRACK:
        if (event->visitor.len && event->counted) {
            ngx_smartmsg_store_happened(store, &event->visitor, &event->name,
                                        rc);
        }

        break;

    case NGX_SMARTMSG_STORE_IDENTIFY:
        ngx_smartmsg_store_identify(store, event, rc);
        break;

    case NGX_SMARTMSG_STORE_ORDER:
        break;
    }
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


void
ngx_smartmsg_store_happened(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, const ngx_str_t *name, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", visitor, 's');
    ngx_smartmsg_cmd_fmt(&cmd, "event:%V", name);
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);
}


/*
 * What the visitor did with a message, for the rules to ask.
 */

static void
ngx_smartmsg_store_reaction(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc)
{
    const char          *kind;
    ngx_smartmsg_cmd_t   cmd;

    if (event->visitor.len == 0) {
        return;
    }

    switch (event->event) {

    case NGX_SMARTMSG_STORE_CLICK:
        kind = "clicked";
        break;

    case NGX_SMARTMSG_STORE_DISMISS:
        kind = "dismissed";
        break;

    default: /* NGX_SMARTMSG_STORE_ANSWER */
        kind = "answered";
    }

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
                         ngx_smartmsg_store_event_name(event->event),
                         &event->variation);
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, rc);

    ngx_smartmsg_cmd(&cmd, "EXPIRE");
    ngx_smartmsg_cmd_fmt(&cmd, "%Vstats:%V:%V", store->prefix, &event->rule,
                         &day);
    ngx_smartmsg_cmd_int(&cmd, NGX_SMARTMSG_STATS_TTL);
    ngx_smartmsg_store_write(&cmd, store, rc);
}
