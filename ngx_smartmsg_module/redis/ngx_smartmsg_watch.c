/*
 * The watcher of rules and switches: when to look.
 *
 * It has a connection of its own, on which it reads the hashes, and on which
 * Redis then tells when one of them has changed.  Pushes come between replies
 * with RESP3 only, hence HELLO.  Redis remembers the few keys that were read
 * here.  To tell of all keys with a prefix (BCAST) would make it compare each
 * key that a page view changes with the prefixes of all workers.
 */

#include "redis/ngx_smartmsg_watch_internal.h"
#include "redis/ngx_smartmsg_cmd.h"


static void ngx_smartmsg_watch_redis_state(void *data, ngx_uint_t up);
static void ngx_smartmsg_watch_link_state(void *data, ngx_uint_t up);
static void ngx_smartmsg_watch_push(void *data, smartmsg_resp_t *reply);
static void ngx_smartmsg_watch_answer(void *data, smartmsg_resp_t *reply);


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

    if (ngx_smartmsg_watch_load_init(watch) != NGX_OK) {
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

    ngx_smartmsg_redis_pushes(watch->link, ngx_smartmsg_watch_push, watch);

    return watch;
}


void
ngx_smartmsg_watch_start(ngx_smartmsg_watch_t *watch)
{
    ngx_smartmsg_redis_start(watch->redis);
    ngx_smartmsg_watch_load(watch);
}


void
ngx_smartmsg_watch_close(ngx_smartmsg_watch_t *watch)
{
    ngx_smartmsg_watch_load_end(watch);

    ngx_smartmsg_redis_close(watch->link);

    ngx_queue_remove(&watch->redis_listener.queue);

    ngx_free(watch);
}


ngx_uint_t
ngx_smartmsg_watch_ready(ngx_smartmsg_watch_t *watch)
{
    return ngx_smartmsg_redis_ready(watch->link);
}


/*
 * A connection that is silent by nature may be dead without notice.  When the
 * other one was, this one has to prove that it is alive; and if it is known to
 * be dead, what has changed meanwhile is to be seen as soon as visitors are.
 */

static void
ngx_smartmsg_watch_redis_state(void *data, ngx_uint_t up)
{
    ngx_smartmsg_watch_t *watch = data;

    if (!up) {
        return;
    }

    ngx_smartmsg_redis_retry(watch->link);

    if (!watch->loading) {
        ngx_smartmsg_watch_load(watch);
    }
}


static void
ngx_smartmsg_watch_link_state(void *data, ngx_uint_t up)
{
    ngx_smartmsg_watch_t *watch = data;

    if (!up) {
        watch->asked = 0;
        return;
    }

    /* what changed meanwhile is not known; the very first load is on its way */

    if (!watch->asked) {
        ngx_smartmsg_watch_load(watch);
    }
}


/*
 * Whatever it says means: look.
 */

static void
ngx_smartmsg_watch_push(void *data, smartmsg_resp_t *reply)
{
    (void) reply;

    ngx_smartmsg_watch_load(data);
}


ngx_int_t
ngx_smartmsg_watch_ask(ngx_smartmsg_watch_t *watch)
{
    ngx_smartmsg_cmd_t  cmd;

    watch->refused = 0;

    ngx_smartmsg_cmd(&cmd, "HELLO");
    ngx_smartmsg_cmd_text(&cmd, "3");

    if (ngx_smartmsg_cmd_query(&cmd, watch->link, ngx_smartmsg_watch_answer,
                               watch, NULL)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_smartmsg_cmd(&cmd, "CLIENT");
    ngx_smartmsg_cmd_text(&cmd, "TRACKING");
    ngx_smartmsg_cmd_text(&cmd, "ON");
    ngx_smartmsg_cmd_text(&cmd, "OPTOUT");

    if (ngx_smartmsg_cmd_query(&cmd, watch->link, ngx_smartmsg_watch_answer,
                               watch, NULL)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    watch->asked = 1;

    return NGX_OK;
}


ngx_int_t
ngx_smartmsg_watch_skip(ngx_smartmsg_watch_t *watch)
{
    ngx_smartmsg_cmd_t  cmd;

    /* where nothing is watched, this would be an error */

    if (watch->refused) {
        return NGX_OK;
    }

    ngx_smartmsg_cmd(&cmd, "CLIENT");
    ngx_smartmsg_cmd_text(&cmd, "CACHING");
    ngx_smartmsg_cmd_text(&cmd, "NO");

    return ngx_smartmsg_cmd_query(&cmd, watch->link,
                                  ngx_smartmsg_watch_answer, watch, NULL);
}


/*
 * Who must not be told looks every second; see the end of a load.
 */

static void
ngx_smartmsg_watch_answer(void *data, smartmsg_resp_t *reply)
{
    ngx_smartmsg_watch_t *watch = data;

    if (reply == NULL) {
        watch->asked = 0;
        return;
    }

    if (reply->type != SMARTMSG_RESP_ERROR || watch->refused) {
        return;
    }

    watch->refused = 1;

    if (watch->told) {
        return;
    }

    watch->told = 1;

    ngx_log_error(NGX_LOG_WARN, watch->log, 0,
                  "smartmsg: redis %V refuses client tracking: %s; rules and "
                  "switches are read every second instead",
                  &watch->conf->name, reply->str);
}
