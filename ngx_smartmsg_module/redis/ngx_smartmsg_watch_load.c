/*
 * The watcher of rules and switches: looking.  The hashes are read together,
 * and delivered together when one of them has changed.
 */

#include "redis/ngx_smartmsg_watch_internal.h"
#include "redis/ngx_smartmsg_cmd.h"


static ngx_int_t ngx_smartmsg_watch_read(ngx_smartmsg_watch_t *watch);
static void ngx_smartmsg_watch_later(ngx_smartmsg_watch_t *watch,
    ngx_msec_t delay);
static void ngx_smartmsg_watch_reply(void *data, smartmsg_resp_t *reply);
static ngx_smartmsg_fields_t *ngx_smartmsg_watch_fields(
    ngx_smartmsg_watch_hash_t *hash, smartmsg_resp_t *reply);
static void ngx_smartmsg_watch_complain(ngx_smartmsg_watch_hash_t *hash,
    const char *reason);
static void ngx_smartmsg_watch_posted_handler(ngx_event_t *ev);
static void ngx_smartmsg_watch_deliver(ngx_smartmsg_watch_t *watch);
static ngx_uint_t ngx_smartmsg_watch_changed(ngx_smartmsg_watch_t *watch);
static void ngx_smartmsg_watch_free_fields(ngx_smartmsg_watch_t *watch);
static void ngx_smartmsg_watch_timer_handler(ngx_event_t *ev);


ngx_int_t
ngx_smartmsg_watch_load_init(ngx_smartmsg_watch_t *watch)
{
    u_char                     *last;
    ngx_str_t                  *prefix;
    ngx_uint_t                  i;
    ngx_smartmsg_watch_hash_t  *hash;

    static const char  *names[] = { "rules", "switch", "good",
                                   "config", "theme", "groups" };

    prefix = &watch->conf->prefix;

    if (prefix->len > NGX_SMARTMSG_REDIS_PREFIX_MAX) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_SMARTMSG_WATCH_HASHES; i++) {
        hash = &watch->hashes[i];

        last = ngx_sprintf(watch->keys[i], "%V%s", prefix, names[i]);

        hash->watch = watch;
        hash->key.data = watch->keys[i];
        hash->key.len = last - watch->keys[i];
    }

    watch->dummy.fd = (ngx_socket_t) -1;
    watch->dummy.data = watch;

    watch->posted.handler = ngx_smartmsg_watch_posted_handler;
    watch->posted.data = &watch->dummy;
    watch->posted.log = watch->log;

    watch->timer.handler = ngx_smartmsg_watch_timer_handler;
    watch->timer.data = &watch->dummy;
    watch->timer.log = watch->log;
    watch->timer.cancelable = 1;

    return NGX_OK;
}


void
ngx_smartmsg_watch_load_end(ngx_smartmsg_watch_t *watch)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_SMARTMSG_WATCH_HASHES; i++) {
        if (watch->hashes[i].ticket) {
            ngx_smartmsg_redis_cancel(watch->hashes[i].ticket);
        }
    }

    ngx_smartmsg_watch_free_fields(watch);

    if (watch->posted.posted) {
        ngx_delete_posted_event(&watch->posted);
    }

    if (watch->timer.timer_set) {
        ngx_del_timer(&watch->timer);
    }
}


void
ngx_smartmsg_watch_load(ngx_smartmsg_watch_t *watch)
{
    ngx_msec_t  passed;

    watch->dirty = 1;

    /* else at the end of that load, or when the connection is back */

    if (watch->loading || !ngx_smartmsg_redis_ready(watch->link)) {
        return;
    }

    passed = ngx_current_msec - watch->loaded_at;

    if (passed < NGX_SMARTMSG_WATCH_PAUSE) {
        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_PAUSE - passed);
        return;
    }

    watch->dirty = 0;
    watch->unread = 0;
    watch->failed = (ngx_smartmsg_watch_read(watch) != NGX_OK);

    watch->loading = (watch->pending > 0);

    if (!watch->loading) {
        watch->dirty = 1;

        /* too much in flight: nobody else would remind us */

        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_INTERVAL);
    }
}


static ngx_int_t
ngx_smartmsg_watch_read(ngx_smartmsg_watch_t *watch)
{
    ngx_uint_t                  i;
    ngx_smartmsg_cmd_t          cmd;
    ngx_smartmsg_watch_hash_t  *hash;

    if (!watch->asked && ngx_smartmsg_watch_ask(watch) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_SMARTMSG_WATCH_HASHES; i++) {
        hash = &watch->hashes[i];

        /* our own writing */

        if (i == NGX_SMARTMSG_WATCH_GOOD
            && ngx_smartmsg_watch_skip(watch) != NGX_OK)
        {
            return NGX_ERROR;
        }

        ngx_smartmsg_cmd(&cmd, "HGETALL");
        ngx_smartmsg_cmd_str(&cmd, &hash->key);

        if (ngx_smartmsg_cmd_query(&cmd, watch->link,
                                   ngx_smartmsg_watch_reply, hash,
                                   &hash->ticket)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        watch->pending++;
    }

    return NGX_OK;
}


/*
 * The timer may be set already; the earlier time counts.
 */

static void
ngx_smartmsg_watch_later(ngx_smartmsg_watch_t *watch, ngx_msec_t delay)
{
    if (watch->timer.timer_set) {

        if ((ngx_msec_int_t) (watch->timer.timer.key - ngx_current_msec)
            <= (ngx_msec_int_t) delay)
        {
            return;
        }

        ngx_del_timer(&watch->timer);
    }

    ngx_add_timer(&watch->timer, delay);
}


static void
ngx_smartmsg_watch_reply(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_watch_hash_t *hash = data;

    ngx_smartmsg_watch_t  *watch;

    watch = hash->watch;
    hash->ticket = NULL;

    if (reply == NULL) {
        watch->failed = 1;

    } else {
        hash->fields = ngx_smartmsg_watch_fields(hash, reply);
    }

    if (--watch->pending == 0) {
        ngx_post_event(&watch->posted, &ngx_posted_events);
    }
}


static ngx_smartmsg_fields_t *
ngx_smartmsg_watch_fields(ngx_smartmsg_watch_hash_t *hash,
    smartmsg_resp_t *reply)
{
    ngx_smartmsg_fields_t  *fields;

    fields = ngx_smartmsg_fields_create(reply, hash->watch->log);

    if (fields == NULL) {
        hash->watch->unread = 1;
        ngx_smartmsg_watch_complain(hash, ngx_smartmsg_redis_error(reply));
        return NULL;
    }

    if (fields->nelts > NGX_SMARTMSG_WATCH_MAX_FIELDS
        || fields->size > NGX_SMARTMSG_WATCH_MAX_SIZE)
    {
        ngx_smartmsg_watch_complain(hash, "too large");
        ngx_smartmsg_fields_free(fields);
        return NULL;
    }

    hash->complained = 0;

    return fields;
}


static void
ngx_smartmsg_watch_complain(ngx_smartmsg_watch_hash_t *hash,
    const char *reason)
{
    if (hash->complained) {
        return;
    }

    hash->complained = 1;

    ngx_log_error(NGX_LOG_ERR, hash->watch->log, 0,
                  "smartmsg: cannot use %V of redis %V: %s", &hash->key,
                  &hash->watch->conf->name, reason);
}


static void
ngx_smartmsg_watch_posted_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    ngx_smartmsg_watch_deliver(c->data);
}


static void
ngx_smartmsg_watch_deliver(ngx_smartmsg_watch_t *watch)
{
    if (watch->failed) {
        watch->dirty = 1;

        if (!ngx_smartmsg_redis_ready(watch->link)) {
            watch->lost(watch->data);
        }

    } else {
        watch->told = watch->refused;

        if (ngx_smartmsg_watch_changed(watch)) {
            watch->loaded(watch->data,
                          watch->hashes[NGX_SMARTMSG_WATCH_RULES].fields,
                          watch->hashes[NGX_SMARTMSG_WATCH_SWITCH].fields,
                          watch->hashes[NGX_SMARTMSG_WATCH_GOOD].fields,
                          watch->hashes[NGX_SMARTMSG_WATCH_CONFIG].fields,
                          watch->hashes[NGX_SMARTMSG_WATCH_THEME].fields,
                          watch->hashes[NGX_SMARTMSG_WATCH_GROUPS].fields);
        }
    }

    ngx_smartmsg_watch_free_fields(watch);

    watch->loading = 0;
    watch->loaded_at = ngx_current_msec;

    if (watch->dirty) {
        ngx_smartmsg_watch_load(watch);
    }

    /* Redis does not tell of what it would not let us read */

    if (watch->refused || watch->unread) {
        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_INTERVAL);
    }
}


/*
 * The last good rules are our own writing, so they do not count, but whether
 * they could be read does: without them nothing is done with the others.
 */

static ngx_uint_t
ngx_smartmsg_watch_changed(ngx_smartmsg_watch_t *watch)
{
    u_char      digest[16];
    ngx_md5_t   md5;
    ngx_uint_t  good;

    good = (watch->hashes[NGX_SMARTMSG_WATCH_GOOD].fields != NULL);

    ngx_md5_init(&md5);
    ngx_md5_update(&md5, &good, sizeof(ngx_uint_t));

    ngx_smartmsg_fields_digest(watch->hashes[NGX_SMARTMSG_WATCH_RULES].fields,
                               &md5);
    ngx_smartmsg_fields_digest(watch->hashes[NGX_SMARTMSG_WATCH_SWITCH].fields,
                               &md5);
    ngx_smartmsg_fields_digest(watch->hashes[NGX_SMARTMSG_WATCH_CONFIG].fields,
                               &md5);
    ngx_smartmsg_fields_digest(watch->hashes[NGX_SMARTMSG_WATCH_THEME].fields,
                               &md5);
    ngx_smartmsg_fields_digest(watch->hashes[NGX_SMARTMSG_WATCH_GROUPS].fields,
                               &md5);

    ngx_md5_final(digest, &md5);

    if (watch->delivered
        && ngx_memcmp(digest, watch->digest, sizeof(digest)) == 0)
    {
        return 0;
    }

    ngx_memcpy(watch->digest, digest, sizeof(digest));
    watch->delivered = 1;

    return 1;
}


static void
ngx_smartmsg_watch_free_fields(ngx_smartmsg_watch_t *watch)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_SMARTMSG_WATCH_HASHES; i++) {
        ngx_smartmsg_fields_free(watch->hashes[i].fields);
        watch->hashes[i].fields = NULL;
    }
}


static void
ngx_smartmsg_watch_timer_handler(ngx_event_t *ev)
{
    ngx_connection_t  *c;

    c = ev->data;

    ngx_smartmsg_watch_load(c->data);
}
