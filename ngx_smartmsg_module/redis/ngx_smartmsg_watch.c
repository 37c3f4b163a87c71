/*
 * The watcher of rules and switches.
 *
 * Its own connection asks for CLIENT TRACKING with itself as the receiver,
 * and subscribes to the channel of invalidations; this works with RESP2.  On
 * that connection nothing else is ever sent, and it is never unsubscribed.
 */

#include "redis/ngx_smartmsg_watch.h"
#include "redis/ngx_smartmsg_cmd.h"

#include <ngx_event.h>


#define NGX_SMARTMSG_WATCH_RULES   0
#define NGX_SMARTMSG_WATCH_SWITCH  1
#define NGX_SMARTMSG_WATCH_GOOD    2
#define NGX_SMARTMSG_WATCH_CONFIG  3
#define NGX_SMARTMSG_WATCH_THEME   4
#define NGX_SMARTMSG_WATCH_GROUPS  5
#define NGX_SMARTMSG_WATCH_HASHES  6


typedef struct {
    ngx_smartmsg_watch_t           *watch;
    ngx_str_t                       key;
    ngx_smartmsg_redis_ticket_t    *ticket;
    ngx_smartmsg_fields_t          *fields;

    /* the log knows that this hash cannot be read */
    unsigned                        complained:1;
} ngx_smartmsg_watch_hash_t;


struct ngx_smartmsg_watch_s {
    ngx_smartmsg_redis_t           *redis;
    ngx_smartmsg_redis_t           *link;
    ngx_smartmsg_redis_conf_t      *conf;
    ngx_log_t                      *log;

    ngx_smartmsg_watch_loaded_pt    loaded;
    ngx_smartmsg_watch_failed_pt    lost;
    void                           *data;

    ngx_smartmsg_redis_listener_t   redis_listener;
    ngx_smartmsg_redis_listener_t   link_listener;

    ngx_smartmsg_watch_hash_t       hashes[NGX_SMARTMSG_WATCH_HASHES];
    u_char                          keys[NGX_SMARTMSG_WATCH_HASHES]
                                        [NGX_SMARTMSG_REDIS_PREFIX_MAX + 8];
    ngx_uint_t                      pending;

    /* of what was delivered last, and when (ngx_current_msec) */
    u_char                          digest[16];
    ngx_msec_t                      delivered_at;

    ngx_event_t                     posted;
    ngx_event_t                     timer;
    ngx_connection_t                dummy;

    /* replies are awaited, or wait for delivery */
    unsigned                        loading:1;

    /* to be loaded again */
    unsigned                        dirty:1;

    /* the connection broke while loading */
    unsigned                        failed:1;

    unsigned                        delivered:1;
    unsigned                        subscribing:1;

    /* no tracking here; the link is of no use */
    unsigned                        refused:1;
};


static ngx_int_t ngx_smartmsg_watch_init_keys(ngx_smartmsg_watch_t *watch,
    ngx_str_t *prefix);
static void ngx_smartmsg_watch_redis_state(void *data, ngx_uint_t up);
static void ngx_smartmsg_watch_link_state(void *data, ngx_uint_t up);
static void ngx_smartmsg_watch_client_id(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_watch_tracking(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_watch_message(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_watch_refuse(ngx_smartmsg_watch_t *watch,
    const char *reason);
static void ngx_smartmsg_watch_load(ngx_smartmsg_watch_t *watch);
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


ngx_smartmsg_watch_t *
ngx_smartmsg_watch_create(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_conf_t *conf, ngx_smartmsg_watch_loaded_pt loaded,
    ngx_smartmsg_watch_failed_pt failed, void *data, ngx_log_t *log)
{
    ngx_smartmsg_watch_t  *watch;

    watch = ngx_calloc(sizeof(ngx_smartmsg_watch_t), log);
    if (watch == NULL) {
        return NULL;
    }

    watch->redis = redis;
    watch->conf = conf;
    watch->log = log;
    watch->loaded = loaded;
    watch->lost = failed;
    watch->data = data;

    watch->dummy.fd = (ngx_socket_t) -1;
    watch->dummy.data = watch;

    watch->posted.handler = ngx_smartmsg_watch_posted_handler;
    watch->posted.data = &watch->dummy;
    watch->posted.log = log;

    watch->timer.handler = ngx_smartmsg_watch_timer_handler;
    watch->timer.data = &watch->dummy;
    watch->timer.log = log;
    watch->timer.cancelable = 1;

    if (ngx_smartmsg_watch_init_keys(watch, &conf->prefix) != NGX_OK) {
        ngx_free(watch);
        return NULL;
    }

    watch->link = ngx_smartmsg_redis_create(conf, " (watching rules)", log);
    if (watch->link == NULL) {
        ngx_free(watch);
        return NULL;
    }

    watch->redis_listener.handler = ngx_smartmsg_watch_redis_state;
    watch->redis_listener.data = watch;
    ngx_smartmsg_redis_listen(redis, &watch->redis_listener);

    watch->link_listener.handler = ngx_smartmsg_watch_link_state;
    watch->link_listener.data = watch;
    ngx_smartmsg_redis_listen(watch->link, &watch->link_listener);

    return watch;
}


void
ngx_smartmsg_watch_start(ngx_smartmsg_watch_t *watch)
{
    ngx_smartmsg_redis_start(watch->link);
    ngx_smartmsg_watch_load(watch);
}


void
ngx_smartmsg_watch_close(ngx_smartmsg_watch_t *watch)
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

    if (watch->link) {
        ngx_smartmsg_redis_close(watch->link);
    }

    ngx_queue_remove(&watch->redis_listener.queue);

    ngx_free(watch);
}


static ngx_int_t
ngx_smartmsg_watch_init_keys(ngx_smartmsg_watch_t *watch, ngx_str_t *prefix)
{
    u_char                     *last;
    ngx_uint_t                  i;
    ngx_smartmsg_watch_hash_t  *hash;

    static const char  *names[] = { "rules", "switch", "good",
                                   "config", "theme", "groups" };

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

    return NGX_OK;
}


static void
ngx_smartmsg_watch_redis_state(void *data, ngx_uint_t up)
{
    ngx_smartmsg_watch_t *watch = data;

    /* what changed meanwhile is not known */

    if (up) {
        ngx_smartmsg_watch_load(watch);
    }
}


static void
ngx_smartmsg_watch_link_state(void *data, ngx_uint_t up)
{
    ngx_smartmsg_watch_t *watch = data;

    const char          *reason;
    ngx_smartmsg_cmd_t   cmd;

    if (up) {
        ngx_smartmsg_cmd(&cmd, "CLIENT");
        ngx_smartmsg_cmd_text(&cmd, "ID");

        (void) ngx_smartmsg_cmd_query(&cmd, watch->link,
                                      ngx_smartmsg_watch_client_id, watch,
                                      NULL);
        return;
    }

    /* an error reply to SUBSCRIBE ends the connection */

    reason = ngx_smartmsg_redis_reason(watch->link);

    if (watch->subscribing && ngx_strncmp(reason, "NOPERM", 6) == 0) {
        ngx_smartmsg_watch_refuse(watch, reason);
    }

    watch->subscribing = 0;
}


static void
ngx_smartmsg_watch_client_id(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_watch_t *watch = data;

    ngx_smartmsg_cmd_t  cmd;

    if (reply == NULL) {
        return;
    }

    if (reply->type != SMARTMSG_RESP_INTEGER) {
        ngx_smartmsg_watch_refuse(watch, ngx_smartmsg_redis_error(reply));
        return;
    }

    ngx_smartmsg_cmd(&cmd, "CLIENT");
    ngx_smartmsg_cmd_text(&cmd, "TRACKING");
    ngx_smartmsg_cmd_text(&cmd, "ON");
    ngx_smartmsg_cmd_text(&cmd, "REDIRECT");
    ngx_smartmsg_cmd_int(&cmd, reply->number);
    ngx_smartmsg_cmd_text(&cmd, "BCAST");
    ngx_smartmsg_cmd_text(&cmd, "PREFIX");
    ngx_smartmsg_cmd_str(&cmd, &watch->hashes[NGX_SMARTMSG_WATCH_RULES].key);
    ngx_smartmsg_cmd_text(&cmd, "PREFIX");
    ngx_smartmsg_cmd_str(&cmd, &watch->hashes[NGX_SMARTMSG_WATCH_SWITCH].key);
    ngx_smartmsg_cmd_text(&cmd, "PREFIX");
    ngx_smartmsg_cmd_str(&cmd, &watch->hashes[NGX_SMARTMSG_WATCH_CONFIG].key);
    ngx_smartmsg_cmd_text(&cmd, "PREFIX");
    ngx_smartmsg_cmd_str(&cmd, &watch->hashes[NGX_SMARTMSG_WATCH_THEME].key);
    ngx_smartmsg_cmd_text(&cmd, "PREFIX");
    ngx_smartmsg_cmd_str(&cmd, &watch->hashes[NGX_SMARTMSG_WATCH_GROUPS].key);

    (void) ngx_smartmsg_cmd_query(&cmd, watch->link,
                                  ngx_smartmsg_watch_tracking, watch, NULL);
}


static void
ngx_smartmsg_watch_tracking(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_watch_t *watch = data;

    static ngx_str_t  channel = ngx_string("__redis__:invalidate");

    if (reply == NULL) {
        return;
    }

    if (reply->type == SMARTMSG_RESP_ERROR) {
        ngx_smartmsg_watch_refuse(watch, reply->str);
        return;
    }

    if (ngx_smartmsg_redis_subscribe(watch->link, &channel,
                                     ngx_smartmsg_watch_message, watch)
        == NGX_OK)
    {
        watch->subscribing = 1;
    }
}


/*
 * Whatever it says, even that the subscription has begun, means: look.
 */

static void
ngx_smartmsg_watch_message(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_watch_t *watch = data;

    (void) reply;

    watch->subscribing = 0;

    ngx_smartmsg_watch_load(watch);
}


static void
ngx_smartmsg_watch_refuse(ngx_smartmsg_watch_t *watch, const char *reason)
{
    ngx_log_error(NGX_LOG_WARN, watch->log, 0,
                  "smartmsg: redis %V refuses client tracking: %s; rules and "
                  "switches are read every second instead",
                  &watch->conf->name, reason);

    /* the link cannot be closed from inside its own callback */

    watch->refused = 1;

    ngx_post_event(&watch->posted, &ngx_posted_events);
}


static void
ngx_smartmsg_watch_load(ngx_smartmsg_watch_t *watch)
{
    ngx_uint_t                  i;
    ngx_msec_t                  passed;
    ngx_smartmsg_cmd_t          cmd;
    ngx_smartmsg_watch_hash_t  *hash;

    watch->dirty = 1;

    /* else at the end of that load, or when the connection is back */

    if (watch->loading || !ngx_smartmsg_redis_ready(watch->redis)) {
        return;
    }

    passed = ngx_current_msec - watch->delivered_at;

    if (watch->delivered && passed < NGX_SMARTMSG_WATCH_PAUSE) {
        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_PAUSE - passed);
        return;
    }

    watch->dirty = 0;
    watch->failed = 0;

    for (i = 0; i < NGX_SMARTMSG_WATCH_HASHES; i++) {
        hash = &watch->hashes[i];

        ngx_smartmsg_cmd(&cmd, "HGETALL");
        ngx_smartmsg_cmd_str(&cmd, &hash->key);

        if (ngx_smartmsg_cmd_query(&cmd, watch->redis,
                                   ngx_smartmsg_watch_reply, hash,
                                   &hash->ticket)
            != NGX_OK)
        {
            watch->failed = 1;
            break;
        }

        watch->pending++;
    }

    watch->loading = (watch->pending > 0);

    if (!watch->loading) {
        watch->dirty = 1;

        /* too much in flight: nobody else would remind us */

        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_INTERVAL);
    }
}


static void
ngx_smartmsg_watch_later(ngx_smartmsg_watch_t *watch, ngx_msec_t delay)
{
    if (!watch->timer.timer_set) {
        ngx_add_timer(&watch->timer, delay);
    }
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
    ngx_connection_t      *c;
    ngx_smartmsg_watch_t  *watch;

    c = ev->data;
    watch = c->data;

    if (watch->refused && watch->link) {
        ngx_smartmsg_redis_close(watch->link);
        watch->link = NULL;

        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_INTERVAL);
    }

    if (watch->loading && watch->pending == 0) {
        ngx_smartmsg_watch_deliver(watch);
    }
}


static void
ngx_smartmsg_watch_deliver(ngx_smartmsg_watch_t *watch)
{
    if (watch->failed) {
        watch->dirty = 1;

        if (!ngx_smartmsg_redis_ready(watch->redis)) {
            watch->lost(watch->data);
        }

    } else if (ngx_smartmsg_watch_changed(watch)) {
        watch->loaded(watch->data,
                      watch->hashes[NGX_SMARTMSG_WATCH_RULES].fields,
                      watch->hashes[NGX_SMARTMSG_WATCH_SWITCH].fields,
                      watch->hashes[NGX_SMARTMSG_WATCH_GOOD].fields,
                      watch->hashes[NGX_SMARTMSG_WATCH_CONFIG].fields,
                      watch->hashes[NGX_SMARTMSG_WATCH_THEME].fields,
                      watch->hashes[NGX_SMARTMSG_WATCH_GROUPS].fields);
    }

    ngx_smartmsg_watch_free_fields(watch);

    watch->loading = 0;

    if (watch->dirty) {
        ngx_smartmsg_watch_load(watch);
    }
}


/*
 * The last good rules are our own writing, so they do not count.
 */

static ngx_uint_t
ngx_smartmsg_watch_changed(ngx_smartmsg_watch_t *watch)
{
    u_char     digest[16];
    ngx_md5_t  md5;

    ngx_md5_init(&md5);

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
    watch->delivered_at = ngx_current_msec;

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
    ngx_connection_t      *c;
    ngx_smartmsg_watch_t  *watch;

    c = ev->data;
    watch = c->data;

    ngx_smartmsg_watch_load(watch);

    if (watch->link == NULL) {
        ngx_smartmsg_watch_later(watch, NGX_SMARTMSG_WATCH_INTERVAL);
    }
}
