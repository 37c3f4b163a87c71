
#include "http/ngx_smartmsg_track.h"
#include "http/ngx_smartmsg_claim.h"
#include "http/ngx_smartmsg_consent.h"
#include "http/ngx_smartmsg_session.h"

#include "core/query.h"


#define NGX_SMARTMSG_TRACK_PAGE  512


static void ngx_smartmsg_track_page(ngx_http_request_t *r, ngx_str_t *page);
static void ngx_smartmsg_track_known(ngx_http_request_t *r,
    ngx_smartmsg_tracked_t *tracked, ngx_str_t *visitor, ngx_str_t *page);
static void ngx_smartmsg_track_other(ngx_http_request_t *r,
    ngx_smartmsg_tracked_t *tracked, ngx_str_t *visitor, ngx_str_t *page);


void
ngx_smartmsg_track_write(ngx_http_request_t *r,
    ngx_smartmsg_tracked_t *tracked)
{
    ngx_str_t                 visitor, page, goal;
    ngx_smartmsg_headers_t    headers;
    ngx_smartmsg_consent_t    consent;
    ngx_smartmsg_srv_conf_t  *scf;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_smartmsg_site_start(scf->site, (ngx_cycle_t *) ngx_cycle);

    if (scf->site->store == NULL) {
        return;
    }

    ngx_smartmsg_read_headers(r, &headers);
    ngx_smartmsg_consent(r, &headers, &consent);

    if (consent.anonymous || consent.visitor.len == 0) {
        return;
    }

    visitor = consent.visitor;

    ngx_smartmsg_track_page(r, &page);

    goal = tracked->name;

    switch (tracked->kind) {

    case SMARTMSG_PACK_CART:
    case SMARTMSG_PACK_ORDER:
        ngx_smartmsg_track_known(r, tracked, &visitor, &page);
        break;

    case SMARTMSG_PACK_PLACED:
        ngx_str_set(&goal, "order");
        /* fall through */

    default: /* SMARTMSG_PACK_PLAIN */
        ngx_smartmsg_track_other(r, tracked, &visitor, &page);
    }

    /* a cart that is only looked at is nobody's goal */

    if (tracked->kind != SMARTMSG_PACK_CART
        || tracked->op == NGX_SMARTMSG_STORE_CART_ADD)
    {
        ngx_smartmsg_goal(r, &visitor, &goal);
    }
}


static void
ngx_smartmsg_track_page(ngx_http_request_t *r, ngx_str_t *page)
{
    u_char     *p;
    ngx_str_t   path;

    ngx_str_null(page);

    if (ngx_smartmsg_page_path(r, &path) != NGX_OK) {
        return;
    }

    p = ngx_pnalloc(r->pool, NGX_SMARTMSG_TRACK_PAGE);
    if (p == NULL) {
        return;
    }

    page->data = p;
    page->len = smartmsg_query_clean(ngx_smartmsg_str(&path), (char *) p,
                                     NGX_SMARTMSG_TRACK_PAGE);
}


/* the same as when the browser reports it */

static void
ngx_smartmsg_track_known(ngx_http_request_t *r,
    ngx_smartmsg_tracked_t *tracked, ngx_str_t *visitor, ngx_str_t *page)
{
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_smartmsg_store_event_t   ev;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_memzero(&ev, sizeof(ngx_smartmsg_store_event_t));

    ev.event = (tracked->kind == SMARTMSG_PACK_ORDER)
               ? NGX_SMARTMSG_STORE_ORDER : tracked->op;
    ev.visitor = *visitor;
    ev.now = ngx_time();
    ev.visitor_ttl = scf->cookie->max_age;
    ev.page = *page;
    ev.action = -1;
    ev.value = tracked->value;
    ev.items = tracked->items;
    ev.currency = tracked->currency;
    ev.order = tracked->id;

    if (ev.event == NGX_SMARTMSG_STORE_CART_SET) {
        ev.no_value = !tracked->has_value;
        ev.no_items = !tracked->has_items;
    }

    (void) ngx_smartmsg_store_event(scf->site->store, &ev);
}


static void
ngx_smartmsg_track_other(ngx_http_request_t *r,
    ngx_smartmsg_tracked_t *tracked, ngx_str_t *visitor, ngx_str_t *page)
{
    ngx_smartmsg_srv_conf_t     *scf;
    ngx_smartmsg_store_track_t   track;

    scf = ngx_http_get_module_srv_conf(r, ngx_smartmsg_module);

    ngx_memzero(&track, sizeof(ngx_smartmsg_store_track_t));

    track.visitor = *visitor;
    track.now = ngx_time();
    track.visitor_ttl = scf->cookie->max_age;
    track.page = *page;
    track.name = tracked->name;
    track.fields = tracked->fields;
    track.nfields = tracked->nfields;
    track.placed = (tracked->kind == SMARTMSG_PACK_PLACED);

    (void) ngx_smartmsg_store_track(scf->site->store, &track);
}
