
/*
 * What the events of a page leave in Redis.
 */


#include "http/ngx_smartmsg_claim.h"

#include "core/flat.h"


#define NGX_SMARTMSG_EVENT_NAME  64     /* bytes of what is tracked */


static ngx_uint_t ngx_smartmsg_event_personal(smartmsg_event_e kind);
static void ngx_smartmsg_event_one(ngx_http_request_t *r,
    ngx_str_t *visitor, smartmsg_event_t *event);
static void ngx_smartmsg_event_view(ngx_http_request_t *r,
    ngx_str_t *visitor);
static void ngx_smartmsg_event_goal(ngx_http_request_t *r,
    ngx_str_t *visitor, smartmsg_event_t *event);
static ngx_uint_t ngx_smartmsg_event_counted(ngx_smartmsg_site_t *site,
    smartmsg_str_t name);
static ngx_int_t ngx_smartmsg_event_fields(ngx_http_request_t *r,
    smartmsg_event_t *event, ngx_smartmsg_store_event_t *ev);
static ngx_int_t ngx_smartmsg_event_field(ngx_pool_t *pool,
    const char *prefix, const char *key, const json_t *value,
    ngx_smartmsg_field_t *field);
static ngx_smartmsg_store_event_e ngx_smartmsg_event_kind(
    smartmsg_event_t *event);
static ngx_str_t ngx_smartmsg_event_str(smartmsg_str_t s);


/*
 * Without a visitor only statistics are written, without consent only what
 * became of a message, of nobody.  An unknown rule is not written at all: it
 * may have been removed since the page was made, or it may be invented, and
 * every rule has a key of its own.
 */

void
ngx_smartmsg_event_write(ngx_http_request_t *r, smartmsg_events_t *events,
    ngx_smartmsg_consent_t *consent)
{
    size_t                    i;
    smartmsg_event_t         *event;
    ngx_smartmsg_site_t      *site;
    ngx_smartmsg_srv_conf_t  *scf;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);
    site = scf->site;

    if (site->store == NULL) {
        return;
    }

    for (i = 0; i < events->n; i++) {
        event = &events->events[i];

        if (event->kind == SMARTMSG_EVENT_CONSENT
            || (consent->anonymous && ngx_smartmsg_event_personal(event->kind)))
        {
            continue;
        }

        if (event->kind == SMARTMSG_EVENT_VIEW) {
            ngx_smartmsg_event_view(r, &consent->visitor);
            continue;
        }

        if (event->rule.len
            && smartmsg_ruleset_find(ngx_smartmsg_site_rules(site),
                                     event->rule, NULL)
               == NULL)
        {
            continue;
        }

        ngx_smartmsg_event_one(r, &consent->visitor, event);
    }
}


/* a form in a message is the visitor's own to send */

static ngx_uint_t
ngx_smartmsg_event_personal(smartmsg_event_e kind)
{
    return (kind != SMARTMSG_EVENT_IMPRESSION
            && kind != SMARTMSG_EVENT_CLICK
            && kind != SMARTMSG_EVENT_DISMISS
            && kind != SMARTMSG_EVENT_ANSWER);
}


static void
ngx_smartmsg_event_one(ngx_http_request_t *r, ngx_str_t *visitor,
    smartmsg_event_t *event)
{
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_smartmsg_store_event_t   ev;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_memzero(&ev, sizeof(ngx_smartmsg_store_event_t));

    ev.event = ngx_smartmsg_event_kind(event);
    ev.visitor = *visitor;
    ev.now = ngx_time();
    ev.visitor_ttl = scf->cookie->max_age;
    ev.page = ngx_smartmsg_event_str(event->page);
    ev.rule = ngx_smartmsg_event_str(event->rule);
    ev.variation = ngx_smartmsg_event_str(event->variation);
    ev.action = event->action;
    ev.value = event->value;
    ev.items = event->items;
    ev.no_value = (event->kind == SMARTMSG_EVENT_CART && !event->has_value);
    ev.no_items = (event->kind == SMARTMSG_EVENT_CART && !event->has_items);
    ev.currency = ngx_smartmsg_event_str(event->currency);
    ev.order = ngx_smartmsg_event_str(event->order_id);
    ev.name = ngx_smartmsg_event_str(event->name);
    ev.counted = ngx_smartmsg_event_counted(scf->site, event->name);
    ev.id = ngx_smartmsg_event_str(event->id);
    ev.consent = ngx_smartmsg_event_str(event->consent);

    if (ngx_smartmsg_event_fields(r, event, &ev) != NGX_OK) {
        return;
    }

    if (event->has_on) {
        ev.on = ngx_smartmsg_event_str(smartmsg_trigger_name(event->on));
    }

    if (event->kind == SMARTMSG_EVENT_IMPRESSION && !event->claimed) {
        ngx_smartmsg_impression(r, visitor, event);
    }

    (void) ngx_smartmsg_store_event(scf->site->store, &ev);

    ngx_smartmsg_event_goal(r, visitor, event);
}


/*
 * What a rule may have for a goal.  Orders and carts have events of their own,
 * whatever else has been given their names.
 */

static void
ngx_smartmsg_event_goal(ngx_http_request_t *r, ngx_str_t *visitor,
    smartmsg_event_t *event)
{
    ngx_str_t  name;

    if (event->kind == SMARTMSG_EVENT_ORDER) {
        ngx_str_set(&name, "order");

    } else if (event->kind == SMARTMSG_EVENT_CART
               && event->op == SMARTMSG_CART_ADD)
    {
        ngx_str_set(&name, "cart");

    } else if (event->kind == SMARTMSG_EVENT_TRACK
               && !smartmsg_str_eq(event->name, SMARTMSG_STR("order"))
               && !smartmsg_str_eq(event->name, SMARTMSG_STR("cart")))
    {
        name = ngx_smartmsg_event_str(event->name);

    } else {
        return;
    }

    ngx_smartmsg_goal(r, visitor, &name);
}


/* a prefetched page has been shown */

static void
ngx_smartmsg_event_view(ngx_http_request_t *r, ngx_str_t *visitor)
{
    ngx_smartmsg_srv_conf_t    *scf;
    ngx_smartmsg_store_view_t   view;

    if (visitor->len == 0) {
        return;
    }

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_memzero(&view, sizeof(ngx_smartmsg_store_view_t));

    view.visitor = *visitor;
    view.now = ngx_time();
    view.visitor_ttl = scf->cookie->max_age;

    (void) ngx_smartmsg_store_view(scf->site->store, &view);
}


/*
 * Anybody can invent names: the session counts those that a rule has asked for.
 */

static ngx_uint_t
ngx_smartmsg_event_counted(ngx_smartmsg_site_t *site, smartmsg_str_t name)
{
    u_char   fact[sizeof("event.") + NGX_SMARTMSG_EVENT_NAME];
    u_char  *last;

    if (name.len == 0 || name.len > NGX_SMARTMSG_EVENT_NAME) {
        return 0;
    }

    last = ngx_slprintf(fact, fact + sizeof(fact), "event.%*s", name.len,
                        name.data);

    return (smartmsg_names_lookup(site->names, (char *) fact, last - fact)
            != SMARTMSG_NO_SLOT);
}


static ngx_int_t
ngx_smartmsg_event_fields(ngx_http_request_t *r, smartmsg_event_t *event,
    ngx_smartmsg_store_event_t *ev)
{
    json_t      *fields, *value;
    const char  *prefix, *key;

    fields = (json_t *) event->fields;

    if (json_object_size(fields) == 0) {
        return NGX_OK;
    }

    ev->fields = ngx_palloc(r->pool, json_object_size(fields)
                                     * sizeof(ngx_smartmsg_field_t));
    if (ev->fields == NULL) {
        return NGX_ERROR;
    }

    prefix = (event->kind == SMARTMSG_EVENT_TRACK) ? "data."
             : (event->kind == SMARTMSG_EVENT_IDENTIFY) ? "traits."
             : "fields.";

    json_object_foreach(fields, key, value) {

        if (ev->nfields == NGX_SMARTMSG_EVENT_FIELDS
            || ngx_smartmsg_event_field(r->pool, prefix, key, value,
                                        &ev->fields[ev->nfields])
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        ev->nfields++;
    }

    return NGX_OK;
}


/* the name is built, the value is borrowed unless it is a number */

static ngx_int_t
ngx_smartmsg_event_field(ngx_pool_t *pool, const char *prefix,
    const char *key, const json_t *value, ngx_smartmsg_field_t *field)
{
    char  *buf;

    field->name.len = ngx_strlen(prefix) + ngx_strlen(key);

    field->name.data = ngx_pnalloc(pool, field->name.len);
    buf = ngx_pnalloc(pool, SMARTMSG_FLAT_VALUE_SIZE);

    if (field->name.data == NULL || buf == NULL) {
        return NGX_ERROR;
    }

    ngx_snprintf(field->name.data, field->name.len, "%s%s", prefix, key);

    field->value = ngx_smartmsg_event_str(smartmsg_flat_text(value, buf));

    return NGX_OK;
}


static ngx_smartmsg_store_event_e
ngx_smartmsg_event_kind(smartmsg_event_t *event)
{
    switch (event->kind) {

    case SMARTMSG_EVENT_IMPRESSION:
        return NGX_SMARTMSG_STORE_IMPRESSION;

    case SMARTMSG_EVENT_CLICK:
        return NGX_SMARTMSG_STORE_CLICK;

    case SMARTMSG_EVENT_DISMISS:
        return NGX_SMARTMSG_STORE_DISMISS;

    case SMARTMSG_EVENT_CART:

        switch (event->op) {

        case SMARTMSG_CART_ADD:
            return NGX_SMARTMSG_STORE_CART_ADD;

        case SMARTMSG_CART_REMOVE:
            return NGX_SMARTMSG_STORE_CART_REMOVE;

        default: /* SMARTMSG_CART_SET */
            return NGX_SMARTMSG_STORE_CART_SET;
        }

    case SMARTMSG_EVENT_TRACK:
        return NGX_SMARTMSG_STORE_TRACK;

    case SMARTMSG_EVENT_IDENTIFY:
        return NGX_SMARTMSG_STORE_IDENTIFY;

    case SMARTMSG_EVENT_ANSWER:
        return NGX_SMARTMSG_STORE_ANSWER;

    default: /* SMARTMSG_EVENT_ORDER */
        return NGX_SMARTMSG_STORE_ORDER;
    }
}


static ngx_str_t
ngx_smartmsg_event_str(smartmsg_str_t s)
{
    ngx_str_t  str;

    str.data = (u_char *) s.data;
    str.len = s.len;

    return str;
}
