/*
 * Page views, and the visits that begin with some of them.
 */

#include "redis/ngx_smartmsg_store_internal.h"


/* a page view of which Redis has to say whether it begins a visit */

typedef struct {
    ngx_smartmsg_store_t           *store;

    ngx_str_t                       visitor;
    u_char                          id[NGX_SMARTMSG_VISITOR_LEN];
    time_t                          now;
    time_t                          ttl;

    /* replies to come, one or two */
    ngx_uint_t                      pending;

    unsigned                        begins:1;
} ngx_smartmsg_store_visit_t;


static ngx_int_t ngx_smartmsg_store_next_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_smartmsg_prepared_t *p);
static void ngx_smartmsg_store_count_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_int_t *rc);
static ngx_smartmsg_store_visit_t *ngx_smartmsg_store_visit(
    ngx_smartmsg_store_t *store, ngx_smartmsg_store_view_t *view);
static void ngx_smartmsg_store_view_fields(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_int_t *rc);
static void ngx_smartmsg_store_visit_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_count_visit(ngx_smartmsg_store_visit_t *visit);


/*
 * The views are counted last: should the session have been deleted since it
 * was read, the answer says so, and what the view has made gets its end then.
 * The life is renewed first: "last" tells when that was, and must not say so
 * of a group that broke off in between.
 */

void
ngx_smartmsg_store_prepare_views(ngx_smartmsg_store_t *store)
{
    ngx_uint_t                renewing;
    ngx_smartmsg_prepared_t  *p;

    for (renewing = 0; renewing <= 1; renewing++) {
        p = renewing ? &store->renewing_view : &store->next_view;

        if (renewing) {
            ngx_smartmsg_prepare(p, "EXPIRE", 0);
            ngx_smartmsg_prepare_key(p, store->prefix, 's');
            ngx_smartmsg_prepare_number(p, NGX_SMARTMSG_SESSION_TTL);
        }

        ngx_smartmsg_prepare(p, "HSET", 0);
        ngx_smartmsg_prepare_key(p, store->prefix, 's');
        ngx_smartmsg_prepare_word(p, "last");
        ngx_smartmsg_prepare_time(p);

        ngx_smartmsg_prepare(p, "HINCRBY", 1);
        ngx_smartmsg_prepare_key(p, store->prefix, 's');
        ngx_smartmsg_prepare_word(p, "views");
        ngx_smartmsg_prepare_word(p, "1");
    }
}


ngx_int_t
ngx_smartmsg_store_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view)
{
    time_t                    ttl;
    ngx_int_t                 rc;
    ngx_smartmsg_prepared_t  *p;

    if (view->visitor.len != NGX_SMARTMSG_VISITOR_LEN) {
        return NGX_ERROR;
    }

    if (view->known && !view->prefetch) {
        p = smartmsg_renewal_due(view->last, view->now)
            ? &store->renewing_view : &store->next_view;

        if (ngx_smartmsg_prepared_time(p, view->now) == NGX_OK) {
            return ngx_smartmsg_store_next_view(store, view, p);
        }
    }

    rc = NGX_OK;
    ttl = view->minted ? NGX_SMARTMSG_SESSION_NEW_TTL
                       : NGX_SMARTMSG_SESSION_TTL;

    if (!view->prefetch) {
        ngx_smartmsg_store_count_view(store, view, &rc);
    }

    ngx_smartmsg_store_view_fields(store, view, &rc);
    ngx_smartmsg_store_expire(store, &view->visitor, 's', ttl, &rc);

    return rc;
}


static ngx_int_t
ngx_smartmsg_store_next_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_smartmsg_prepared_t *p)
{
    ngx_int_t                    rc;
    ngx_smartmsg_store_visit_t  *visit;

    visit = ngx_smartmsg_store_visit(store, view);
    if (visit == NULL) {
        return NGX_ERROR;
    }

    visit->pending = 1;

    ngx_smartmsg_prepared_visitor(p, visit->id);

    rc = ngx_smartmsg_prepared_send(p, store->redis,
                                    ngx_smartmsg_store_visit_reply, visit, 1,
                                    NULL);
    if (rc != NGX_OK) {
        ngx_smartmsg_spare_give(&store->spare_visits, visit);
    }

    return rc;
}


/*
 * A view without a cookie is no visit yet, it may be a robot's: it leaves the
 * mark "new", and whoever comes with the cookie and takes the mark away is
 * the visit.  So is the first view of a session that begins with the cookie.
 * Redis executes one command after the other, so exactly one view counts,
 * however many tabs are opened at once.
 */

static void
ngx_smartmsg_store_count_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_int_t *rc)
{
    ngx_int_t                    sent;
    ngx_smartmsg_cmd_t           cmd;
    ngx_smartmsg_store_visit_t  *visit;

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", &view->visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "views");
    ngx_smartmsg_cmd_int(&cmd, 1);

    if (view->minted) {
        ngx_smartmsg_store_write(&cmd, store, rc);
        return;
    }

    visit = ngx_smartmsg_store_visit(store, view);
    if (visit == NULL) {
        *rc = NGX_ERROR;
        return;
    }

    /* not lazy: whoever begins a visit is to find it in Redis soon */

    sent = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                  ngx_smartmsg_store_visit_reply, visit, NULL);
    if (sent != NGX_OK) {
        ngx_smartmsg_spare_give(&store->spare_visits, visit);
        *rc = sent;
        return;
    }

    visit->pending++;

    ngx_smartmsg_store_cmd(&cmd, store, "HDEL", &view->visitor, 's');
    ngx_smartmsg_cmd_text(&cmd, "new");

    sent = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                  ngx_smartmsg_store_visit_reply, visit, NULL);
    if (sent != NGX_OK) {
        *rc = sent;
        return;
    }

    visit->pending++;
}


static ngx_smartmsg_store_visit_t *
ngx_smartmsg_store_visit(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view)
{
    ngx_smartmsg_store_visit_t  *visit;

    visit = ngx_smartmsg_spare_take(&store->spare_visits,
                                    sizeof(ngx_smartmsg_store_visit_t),
                                    store->log);
    if (visit == NULL) {
        return NULL;
    }

    visit->store = store;
    visit->now = view->now;
    visit->ttl = view->visitor_ttl;
    visit->visitor.data = visit->id;
    visit->visitor.len = NGX_SMARTMSG_VISITOR_LEN;
    ngx_memcpy(visit->id, view->visitor.data, NGX_SMARTMSG_VISITOR_LEN);

    return visit;
}


static void
ngx_smartmsg_store_view_fields(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_int_t *rc)
{
    ngx_uint_t          i;
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "HSET", &view->visitor, 's');

    ngx_smartmsg_cmd_text(&cmd, "last");
    ngx_smartmsg_cmd_int(&cmd, view->now);

    if (view->minted && !view->prefetch) {
        ngx_smartmsg_cmd_text(&cmd, "new");
        ngx_smartmsg_cmd_text(&cmd, "1");
    }

    if (view->fresh) {
        ngx_smartmsg_cmd_text(&cmd, "first");
        ngx_smartmsg_cmd_int(&cmd, view->now);

        for (i = 0; i < view->nfields; i++) {
            ngx_smartmsg_cmd_str(&cmd, &view->fields[i].name);
            ngx_smartmsg_cmd_str(&cmd, &view->fields[i].value);
        }
    }

    ngx_smartmsg_store_write(&cmd, store, rc);
}


/*
 * To HINCRBY views: the first view; to HDEL new: the mark was there.
 */

static void
ngx_smartmsg_store_visit_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_visit_t *visit = data;

    if (reply && reply->type == SMARTMSG_RESP_INTEGER && reply->number == 1) {
        visit->begins = 1;
    }

    if (--visit->pending) {
        return;
    }

    if (visit->begins) {
        ngx_smartmsg_store_count_visit(visit);
    }

    ngx_smartmsg_spare_give(&visit->store->spare_visits, visit);
}


static void
ngx_smartmsg_store_count_visit(ngx_smartmsg_store_visit_t *visit)
{
    ngx_int_t              rc;
    ngx_smartmsg_cmd_t     cmd;
    ngx_smartmsg_store_t  *store;

    /* what fails here is counted by the connection */

    rc = NGX_OK;
    store = visit->store;

    /* a session that went on may have been deleted since it was read */

    ngx_smartmsg_store_expire(store, &visit->visitor, 's',
                              NGX_SMARTMSG_SESSION_TTL, &rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBY", &visit->visitor, 'v');
    ngx_smartmsg_cmd_text(&cmd, "visits");
    ngx_smartmsg_cmd_int(&cmd, 1);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HSETNX", &visit->visitor, 'v');
    ngx_smartmsg_cmd_text(&cmd, "first");
    ngx_smartmsg_cmd_int(&cmd, visit->now);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    ngx_smartmsg_store_cmd(&cmd, store, "HSET", &visit->visitor, 'v');
    ngx_smartmsg_cmd_text(&cmd, "last");
    ngx_smartmsg_cmd_int(&cmd, visit->now);
    ngx_smartmsg_store_write(&cmd, store, &rc);

    ngx_smartmsg_store_expire(store, &visit->visitor, 'v', visit->ttl, &rc);
}
