/*
 * Sessions and visitors: reading them, and counting page views and visits.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


struct ngx_smartmsg_store_read_s {
    ngx_queue_t                     queue;
    ngx_smartmsg_store_t           *store;

    ngx_smartmsg_store_read_pt      cb;
    void                           *data;

    ngx_smartmsg_redis_ticket_t    *session_ticket;
    ngx_smartmsg_redis_ticket_t    *visitor_ticket;
    ngx_smartmsg_fields_t          *session;
    ngx_smartmsg_fields_t          *visitor;

    ngx_event_t                     posted;
};


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


static void ngx_smartmsg_store_read_session(void *data,
    smartmsg_resp_t *reply);
static void ngx_smartmsg_store_read_visitor(void *data,
    smartmsg_resp_t *reply);
static void ngx_smartmsg_store_read_done(ngx_smartmsg_store_read_t *read);
static void ngx_smartmsg_store_read_posted(ngx_event_t *ev);
static void ngx_smartmsg_store_clamp(ngx_smartmsg_fields_t *session);
static void ngx_smartmsg_store_free_read(ngx_smartmsg_store_read_t *read);
static void ngx_smartmsg_store_count_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_int_t *rc);
static void ngx_smartmsg_store_view_fields(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view, ngx_int_t *rc);
static void ngx_smartmsg_store_visit_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_count_visit(ngx_smartmsg_store_visit_t *visit);


ngx_smartmsg_store_t *
ngx_smartmsg_store_create(ngx_smartmsg_redis_t *redis, ngx_str_t *prefix,
    ngx_log_t *log)
{
    ngx_smartmsg_store_t  *store;

    store = ngx_calloc(sizeof(ngx_smartmsg_store_t), log);
    if (store == NULL) {
        return NULL;
    }

    store->redis = redis;
    store->prefix = prefix;
    store->log = log;

    ngx_queue_init(&store->reads);
    ngx_queue_init(&store->waits);
    ngx_smartmsg_spare_init(&store->spare_reads);
    ngx_smartmsg_spare_init(&store->spare_fields);
    ngx_smartmsg_spare_init(&store->spare_visits);

    return store;
}


void
ngx_smartmsg_store_free(ngx_smartmsg_store_t *store)
{
    ngx_queue_t  *q;

    /* reads that were complete but not delivered any more */

    while (!ngx_queue_empty(&store->reads)) {
        q = ngx_queue_head(&store->reads);

        ngx_smartmsg_store_free_read(
                       ngx_queue_data(q, ngx_smartmsg_store_read_t, queue));
    }

    ngx_smartmsg_store_free_waits(store);

    ngx_smartmsg_spare_free(&store->spare_reads);
    ngx_smartmsg_spare_free(&store->spare_fields);
    ngx_smartmsg_spare_free(&store->spare_visits);

    ngx_free(store);
}


void
ngx_smartmsg_store_cmd(ngx_smartmsg_cmd_t *cmd, ngx_smartmsg_store_t *store,
    const char *name, const ngx_str_t *visitor, int kind)
{
    ngx_smartmsg_cmd(cmd, name);
    ngx_smartmsg_store_key(cmd, store, visitor, kind);
}


void
ngx_smartmsg_store_key(ngx_smartmsg_cmd_t *cmd, ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, int kind)
{
    u_char  *p;

    p = ngx_smartmsg_cmd_take(cmd, store->prefix->len + visitor->len
                                   + sizeof("{}:k") - 1);
    if (p == NULL) {
        return;
    }

    p = ngx_cpymem(p, store->prefix->data, store->prefix->len);
    *p++ = '{';
    p = ngx_cpymem(p, visitor->data, visitor->len);
    *p++ = '}';
    *p++ = ':';
    *p = (u_char) kind;
}


void
ngx_smartmsg_store_write(ngx_smartmsg_cmd_t *cmd, ngx_smartmsg_store_t *store,
    ngx_int_t *rc)
{
    ngx_int_t  sent;

    sent = ngx_smartmsg_cmd_write(cmd, store->redis);

    if (sent != NGX_OK) {
        *rc = sent;
    }
}


void
ngx_smartmsg_store_expire(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, int kind, time_t ttl, ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "EXPIRE", visitor, kind);
    ngx_smartmsg_cmd_int(&cmd, ttl);
    ngx_smartmsg_store_write(&cmd, store, rc);
}


void
ngx_smartmsg_store_add_number(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, int kind, const char *field, double value,
    ngx_int_t *rc)
{
    ngx_smartmsg_cmd_t  cmd;

    ngx_smartmsg_store_cmd(&cmd, store, "HINCRBYFLOAT", visitor, kind);
    ngx_smartmsg_cmd_text(&cmd, field);
    ngx_smartmsg_cmd_num(&cmd, value);
    ngx_smartmsg_store_write(&cmd, store, rc);
}


ngx_smartmsg_store_read_t *
ngx_smartmsg_store_read(ngx_smartmsg_store_t *store, ngx_str_t *visitor,
    ngx_smartmsg_store_read_pt cb, void *data)
{
    ngx_smartmsg_cmd_t          cmd;
    ngx_smartmsg_store_read_t  *read;

    read = ngx_smartmsg_spare_take(&store->spare_reads,
                                   sizeof(ngx_smartmsg_store_read_t),
                                   store->log);
    if (read == NULL) {
        return NULL;
    }

    read->store = store;
    read->cb = cb;
    read->data = data;

    read->posted.handler = ngx_smartmsg_store_read_posted;
    read->posted.data = read;
    read->posted.log = store->log;

    ngx_queue_insert_tail(&store->reads, &read->queue);

    ngx_smartmsg_store_cmd(&cmd, store, "HGETALL", visitor, 's');

    if (ngx_smartmsg_cmd_query(&cmd, store->redis,
                               ngx_smartmsg_store_read_session, read,
                               &read->session_ticket)
        != NGX_OK)
    {
        ngx_smartmsg_store_free_read(read);
        return NULL;
    }

    ngx_smartmsg_store_cmd(&cmd, store, "HGETALL", visitor, 'v');

    if (ngx_smartmsg_cmd_query(&cmd, store->redis,
                               ngx_smartmsg_store_read_visitor, read,
                               &read->visitor_ticket)
        != NGX_OK)
    {
        ngx_smartmsg_store_cancel(read);
        return NULL;
    }

    return read;
}


ngx_int_t
ngx_smartmsg_store_poll(ngx_smartmsg_store_read_t *read)
{
    if (read->visitor_ticket) {
        ngx_smartmsg_redis_poll(read->visitor_ticket);
    }

    if (!read->posted.posted) {
        return NGX_AGAIN;
    }

    ngx_delete_posted_event(&read->posted);
    ngx_smartmsg_store_read_posted(&read->posted);

    return NGX_OK;
}


void
ngx_smartmsg_store_cancel(ngx_smartmsg_store_read_t *read)
{
    if (read->session_ticket) {
        ngx_smartmsg_redis_cancel(read->session_ticket);
    }

    if (read->visitor_ticket) {
        ngx_smartmsg_redis_cancel(read->visitor_ticket);
    }

    ngx_smartmsg_store_free_read(read);
}


static void
ngx_smartmsg_store_read_session(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_read_t *read = data;

    read->session_ticket = NULL;
    read->session = ngx_smartmsg_fields_take(reply, &read->store->spare_fields,
                                             read->store->log);

    ngx_smartmsg_store_read_done(read);
}


static void
ngx_smartmsg_store_read_visitor(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_read_t *read = data;

    read->visitor_ticket = NULL;
    read->visitor = ngx_smartmsg_fields_take(reply, &read->store->spare_fields,
                                             read->store->log);

    ngx_smartmsg_store_read_done(read);
}


static void
ngx_smartmsg_store_read_done(ngx_smartmsg_store_read_t *read)
{
    if (read->session_ticket || read->visitor_ticket
        || ngx_smartmsg_redis_closing(read->store->redis))
    {
        return;
    }

    ngx_post_event(&read->posted, &ngx_posted_events);
}


static void
ngx_smartmsg_store_read_posted(ngx_event_t *ev)
{
    ngx_smartmsg_store_read_t *read = ev->data;

    void                        *data;
    ngx_smartmsg_fields_t       *session, *visitor;
    ngx_smartmsg_store_read_pt   cb;

    session = NULL;
    visitor = NULL;

    if (read->session && read->visitor) {
        session = read->session;
        visitor = read->visitor;

        /* theirs from now on */

        read->session = NULL;
        read->visitor = NULL;

        ngx_smartmsg_store_clamp(session);
    }

    cb = read->cb;
    data = read->data;

    ngx_smartmsg_store_free_read(read);

    cb(data, session, visitor);
}


/*
 * Goods may be taken out of a cart that was filled before the session began.
 */

static void
ngx_smartmsg_store_clamp(ngx_smartmsg_fields_t *session)
{
    ngx_uint_t             i;
    ngx_smartmsg_field_t  *field;

    for (i = 0; i < session->nelts; i++) {
        field = &session->elts[i];

        if (field->value.len == 0 || field->value.data[0] != '-') {
            continue;
        }

        if ((field->name.len == sizeof("cart.value") - 1
             && ngx_memcmp(field->name.data, "cart.value",
                           sizeof("cart.value") - 1)
                == 0)
            || (field->name.len == sizeof("cart.items") - 1
                && ngx_memcmp(field->name.data, "cart.items",
                              sizeof("cart.items") - 1)
                   == 0))
        {
            ngx_str_set(&field->value, "0");
        }
    }
}


static void
ngx_smartmsg_store_free_read(ngx_smartmsg_store_read_t *read)
{
    if (read->posted.posted) {
        ngx_delete_posted_event(&read->posted);
    }

    ngx_smartmsg_fields_free(read->session);
    ngx_smartmsg_fields_free(read->visitor);

    ngx_queue_remove(&read->queue);
    ngx_smartmsg_spare_give(&read->store->spare_reads, read);
}


ngx_int_t
ngx_smartmsg_store_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view)
{
    time_t     ttl;
    ngx_int_t  rc;

    if (view->visitor.len != NGX_SMARTMSG_VISITOR_LEN) {
        return NGX_ERROR;
    }

    rc = NGX_OK;
    ttl = view->minted ? NGX_SMARTMSG_SESSION_NEW_TTL
                       : NGX_SMARTMSG_SESSION_TTL;

    ngx_smartmsg_store_view_fields(store, view, &rc);

    if (!view->prefetch) {
        ngx_smartmsg_store_count_view(store, view, &rc);
    }

    if (!view->known || smartmsg_renewal_due(view->last, view->now)) {
        ngx_smartmsg_store_expire(store, &view->visitor, 's', ttl, &rc);
    }

    return rc;
}


/*
 * A view without a cookie is no visit yet, it may be a robot's: it leaves the
 * mark "new", and whoever comes with the cookie and takes the mark away is
 * the visit.  So is the first view of a session that begins with the cookie.
 * Redis executes one command after the other, so exactly one view counts,
 * however many tabs are opened at once.
 *
 * It follows the other fields: if its answer says that there was such a
 * session already, they have not made one that nobody gave an end.
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

    /* whoever begins a visit is to find it in Redis soon */

    cmd.lazy = view->known;

    if (view->minted) {
        ngx_smartmsg_store_write(&cmd, store, rc);
        return;
    }

    visit = ngx_smartmsg_spare_take(&store->spare_visits,
                                    sizeof(ngx_smartmsg_store_visit_t),
                                    store->log);
    if (visit == NULL) {
        *rc = NGX_ERROR;
        return;
    }

    visit->store = store;
    visit->now = view->now;
    visit->ttl = view->visitor_ttl;
    visit->visitor.data = visit->id;
    visit->visitor.len = NGX_SMARTMSG_VISITOR_LEN;
    ngx_memcpy(visit->id, view->visitor.data, NGX_SMARTMSG_VISITOR_LEN);

    sent = ngx_smartmsg_cmd_query(&cmd, store->redis,
                                  ngx_smartmsg_store_visit_reply, visit, NULL);
    if (sent != NGX_OK) {
        ngx_smartmsg_spare_give(&store->spare_visits, visit);
        *rc = sent;
        return;
    }

    visit->pending++;

    if (view->known) {
        return;
    }

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

    /* one that went on may have been deleted since it was read */

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
