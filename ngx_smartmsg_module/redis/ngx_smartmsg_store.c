/*
 * Sessions and visitors: reading them, and how commands about them begin.
 */

#include "redis/ngx_smartmsg_store_internal.h"

#include <ngx_event.h>


struct ngx_smartmsg_store_read_s {
    ngx_queue_t                     queue;
    ngx_smartmsg_store_t           *store;

    ngx_smartmsg_store_read_pt      cb;
    void                           *data;

    /* NULL: there are no replies to come any more */
    ngx_smartmsg_redis_ticket_t    *ticket;

    ngx_smartmsg_fields_t          *session;
    ngx_smartmsg_fields_t          *visitor;
    unsigned                        has_session:1;

    ngx_event_t                     posted;
};


static void ngx_smartmsg_store_read_reply(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_store_read_posted(ngx_event_t *ev);
static void ngx_smartmsg_store_clamp(ngx_smartmsg_fields_t *session);
static void ngx_smartmsg_store_free_read(ngx_smartmsg_store_read_t *read);


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

    ngx_smartmsg_prepare(&store->read, "HGETALL", 1);
    ngx_smartmsg_prepare_key(&store->read, prefix, 's');
    ngx_smartmsg_prepare(&store->read, "HGETALL", 1);
    ngx_smartmsg_prepare_key(&store->read, prefix, 'v');

    ngx_smartmsg_store_prepare_views(store);

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
    ngx_smartmsg_store_read_t  *read;

    if (visitor->len != NGX_SMARTMSG_VISITOR_LEN) {
        return NULL;
    }

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

    ngx_smartmsg_prepared_visitor(&store->read, visitor->data);

    if (ngx_smartmsg_prepared_send(&store->read, store->redis,
                                   ngx_smartmsg_store_read_reply, read, 0,
                                   &read->ticket)
        != NGX_OK)
    {
        ngx_smartmsg_store_free_read(read);
        return NULL;
    }

    return read;
}


ngx_int_t
ngx_smartmsg_store_poll(ngx_smartmsg_store_read_t *read)
{
    if (read->ticket) {
        ngx_smartmsg_redis_poll(read->ticket);
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
    if (read->ticket) {
        ngx_smartmsg_redis_cancel(read->ticket);
    }

    ngx_smartmsg_store_free_read(read);
}


static void
ngx_smartmsg_store_read_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_store_read_t *read = data;

    ngx_smartmsg_store_t   *store;
    ngx_smartmsg_fields_t  *fields;

    store = read->store;
    fields = ngx_smartmsg_fields_take(reply, &store->spare_fields, store->log);

    if (!read->has_session) {
        read->has_session = 1;
        read->session = fields;
        return;
    }

    read->visitor = fields;
    read->ticket = NULL;

    if (!ngx_smartmsg_redis_closing(store->redis)) {
        ngx_post_event(&read->posted, &ngx_posted_events);
    }
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
