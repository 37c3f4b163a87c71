
/*
 * POST .../event: what the runtime reports.  Everything in it is foreign and
 * is checked before anything is written.
 */


#include "http/ngx_smartmsg_claim.h"


static ngx_uint_t ngx_smartmsg_same_origin(ngx_http_request_t *r);
static void ngx_smartmsg_event_body(ngx_http_request_t *r);
static ngx_int_t ngx_smartmsg_event_read(ngx_http_request_t *r,
    ngx_str_t *body);
static void ngx_smartmsg_event_write(ngx_http_request_t *r,
    smartmsg_events_t *events);
static void ngx_smartmsg_event_view(ngx_http_request_t *r,
    ngx_str_t *visitor);
static void ngx_smartmsg_event_goal(ngx_http_request_t *r,
    ngx_str_t *visitor, smartmsg_event_t *event);
static ngx_smartmsg_store_event_e ngx_smartmsg_event_kind(
    smartmsg_event_t *event);
static ngx_str_t ngx_smartmsg_event_str(smartmsg_str_t s);


ngx_int_t
ngx_smartmsg_event_handler(ngx_http_request_t *r)
{
    ngx_int_t  rc;

    if (!ngx_smartmsg_same_origin(r)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "smartmsg: event from another site refused");
        return NGX_HTTP_FORBIDDEN;
    }

    if (r->headers_in.content_length_n > SMARTMSG_EVENTS_BODY_MAX) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, ngx_smartmsg_event_body);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    return NGX_DONE;
}


/*
 * Only pages of the shop may report.  Browsers say where a request comes from
 * in Sec-Fetch-Site, to plain http hosts at least in Origin.
 */

static ngx_uint_t
ngx_smartmsg_same_origin(ngx_http_request_t *r)
{
    u_char                  *p, *last;
    ngx_str_t               *host;
    ngx_smartmsg_headers_t   headers;

    ngx_smartmsg_read_headers(r, &headers);

    if (headers.fetch_site.len) {
        return (headers.fetch_site.len == sizeof("same-origin") - 1
                && ngx_strncasecmp(headers.fetch_site.data,
                                   (u_char *) "same-origin",
                                   sizeof("same-origin") - 1)
                   == 0);
    }

    if (r->headers_in.host == NULL) {
        return 0;
    }

    host = &r->headers_in.host->value;

    p = headers.origin.data;
    last = p + headers.origin.len;

    if (headers.origin.len > 7
        && ngx_strncasecmp(p, (u_char *) "http://", 7) == 0)
    {
        p += 7;

    } else if (headers.origin.len > 8
               && ngx_strncasecmp(p, (u_char *) "https://", 8) == 0)
    {
        p += 8;

    } else {
        return 0;
    }

    return ((size_t) (last - p) == host->len
            && ngx_strncasecmp(p, host->data, host->len) == 0);
}


static void
ngx_smartmsg_event_body(ngx_http_request_t *r)
{
    ngx_int_t          rc;
    ngx_str_t          body;
    smartmsg_error_t   err;
    smartmsg_events_t  events;

    rc = ngx_smartmsg_event_read(r, &body);

    if (rc != NGX_OK) {
        ngx_http_finalize_request(r, rc);
        return;
    }

    smartmsg_error_clear(&err);

    if (!smartmsg_events_parse(ngx_smartmsg_str(&body), &events, &err)) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0,
                      "smartmsg: malformed event: %s%s%s", err.path,
                      err.path[0] ? ": " : "", err.text);
        ngx_http_finalize_request(r, NGX_HTTP_BAD_REQUEST);
        return;
    }

    if (events.events[0].kind == SMARTMSG_EVENT_CLAIM) {
        rc = ngx_smartmsg_claim(r, &events.events[0]);

    } else {
        ngx_smartmsg_event_write(r, &events);
        rc = ngx_smartmsg_no_content(r);
    }

    smartmsg_events_free(&events);

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(r, rc);
    }
}


/* the body is small, but its pieces may be anywhere, even in a file */

static ngx_int_t
ngx_smartmsg_event_read(ngx_http_request_t *r, ngx_str_t *body)
{
    off_t         size;
    ssize_t       n;
    u_char       *p;
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    ngx_str_null(body);

    if (r->request_body == NULL) {
        return NGX_OK;
    }

    size = 0;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    if (size > SMARTMSG_EVENTS_BODY_MAX) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }

    p = ngx_pnalloc(r->pool, size + 1);
    if (p == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    body->data = p;

    for (cl = r->request_body->bufs; cl; cl = cl->next) {
        b = cl->buf;

        if (ngx_buf_in_memory(b)) {
            p = ngx_cpymem(p, b->pos, b->last - b->pos);
            continue;
        }

        if (!b->in_file) {
            continue;
        }

        n = ngx_read_file(b->file, p, (size_t) (b->file_last - b->file_pos),
                          b->file_pos);
        if (n == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        p += n;
    }

    body->len = p - body->data;

    return NGX_OK;
}


ngx_int_t
ngx_smartmsg_no_content(ngx_http_request_t *r)
{
    ngx_str_t  value;

    ngx_str_set(&value, "no-store");

    if (ngx_smartmsg_add_header(r, "Cache-Control", &value) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


/*
 * Without a visitor only statistics are written.  An unknown rule is not
 * written at all: it may have been removed since the page was made, or it may
 * be invented, and every rule has a key of its own.
 */

static void
ngx_smartmsg_event_write(ngx_http_request_t *r, smartmsg_events_t *events)
{
    size_t                       i;
    ngx_str_t                    visitor;
    smartmsg_event_t            *event;
    ngx_smartmsg_site_t         *site;
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_smartmsg_store_event_t   ev;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);
    site = scf->site;

    ngx_smartmsg_site_start(site, (ngx_cycle_t *) ngx_cycle);

    if (site->store == NULL) {
        return;
    }

    ngx_str_null(&visitor);
    (void) ngx_smartmsg_find_visitor(r, &scf->cookie->name, &visitor);

    for (i = 0; i < events->n; i++) {
        event = &events->events[i];

        if (event->kind == SMARTMSG_EVENT_VIEW) {
            ngx_smartmsg_event_view(r, &visitor);
            continue;
        }

        if (event->rule.len
            && smartmsg_ruleset_find(ngx_smartmsg_site_rules(site),
                                     event->rule, NULL)
               == NULL)
        {
            continue;
        }

        ngx_memzero(&ev, sizeof(ngx_smartmsg_store_event_t));

        ev.event = ngx_smartmsg_event_kind(event);
        ev.visitor = visitor;
        ev.now = ngx_time();
        ev.visitor_ttl = scf->cookie->max_age;
        ev.page = ngx_smartmsg_event_str(event->page);
        ev.rule = ngx_smartmsg_event_str(event->rule);
        ev.variation = ngx_smartmsg_event_str(event->variation);
        ev.action = event->action;
        ev.value = event->value;
        ev.items = event->items;
        ev.no_value = (event->kind == SMARTMSG_EVENT_CART
                       && !event->has_value);
        ev.no_items = (event->kind == SMARTMSG_EVENT_CART
                       && !event->has_items);
        ev.currency = ngx_smartmsg_event_str(event->currency);
        ev.order = ngx_smartmsg_event_str(event->order_id);

        if (event->has_on) {
            ev.on = ngx_smartmsg_event_str(smartmsg_trigger_name(event->on));
        }

        if (event->kind == SMARTMSG_EVENT_IMPRESSION && !event->claimed) {
            ngx_smartmsg_impression(r, &visitor, event);
        }

        (void) ngx_smartmsg_store_event(site->store, &ev);

        ngx_smartmsg_event_goal(r, &visitor, event);
    }
}


/* what a rule may have for a goal */

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
