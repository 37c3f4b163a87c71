
#include "http/ngx_smartmsg_headers.h"
#include "http/ngx_smartmsg_site.h"


static void ngx_smartmsg_site_cleanup(void *data);
static void ngx_smartmsg_site_loaded(void *data, ngx_smartmsg_fields_t *rules,
    ngx_smartmsg_fields_t *switches, ngx_smartmsg_fields_t *good,
    ngx_smartmsg_fields_t *config, ngx_smartmsg_fields_t *theme,
    ngx_smartmsg_fields_t *groups);
static void ngx_smartmsg_site_lost(void *data);
static void ngx_smartmsg_site_wake(ngx_smartmsg_site_t *site);
static void ngx_smartmsg_site_update(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *rules, ngx_smartmsg_fields_t *switches,
    ngx_smartmsg_fields_t *good);
static void ngx_smartmsg_site_broken(void *data, smartmsg_str_t id,
    const smartmsg_error_t *err, const char *in_force);
static void ngx_smartmsg_site_good(void *data, smartmsg_str_t id,
    smartmsg_str_t text);
static void ngx_smartmsg_site_gone(void *data, smartmsg_str_t id);
static void ngx_smartmsg_site_bad_switch(void *data, smartmsg_str_t id,
    smartmsg_str_t value);
static void ngx_smartmsg_site_printable(u_char *p, u_char *last);


ngx_smartmsg_site_t *
ngx_smartmsg_site_create(ngx_conf_t *cf, ngx_smartmsg_redis_conf_t *redis,
    ngx_str_t *dir)
{
    smartmsg_error_t      err;
    ngx_pool_cleanup_t   *cln;
    ngx_smartmsg_site_t  *site;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_smartmsg_site_t));
    if (cln == NULL) {
        return NULL;
    }

    site = cln->data;
    ngx_memzero(site, sizeof(ngx_smartmsg_site_t));

    cln->handler = ngx_smartmsg_site_cleanup;

    site->redis_conf = redis;
    site->dir = *dir;

    ngx_queue_init(&site->waiting);

    site->names = smartmsg_names_create();
    if (site->names == NULL) {
        return NULL;
    }

    site->catalog = smartmsg_catalog_new(site->names);
    if (site->catalog == NULL) {
        return NULL;
    }

    if (dir->len == 0) {
        return site;
    }

    smartmsg_error_clear(&err);

    if (!smartmsg_catalog_load_dir(site->catalog, (char *) dir->data, &err)) {

        if (err.line) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "smartmsg_rules: %s:%d:%d: %s",
                               err.path, err.line, err.column, err.text);
        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "smartmsg_rules: %s: %s",
                               err.path, err.text);
        }

        return NULL;
    }

    return site;
}


static void
ngx_smartmsg_site_cleanup(void *data)
{
    ngx_smartmsg_site_t  *site = data;

    /* only without a master: a worker has stopped it in exit_process */

    ngx_smartmsg_site_stop(site);

    smartmsg_catalog_free(site->catalog);
    smartmsg_names_destroy(site->names);

    if (site->sources) {
        ngx_free(site->sources);
    }
}


smartmsg_ruleset_t *
ngx_smartmsg_site_rules(ngx_smartmsg_site_t *site)
{
    return smartmsg_catalog_ruleset(site->catalog);
}


void
ngx_smartmsg_site_start(ngx_smartmsg_site_t *site, ngx_cycle_t *cycle)
{
    if (site->started || site->redis_conf == NULL || ngx_exiting) {
        return;
    }

    site->started = 1;

    site->redis = ngx_smartmsg_redis_create(site->redis_conf, NULL,
                                            cycle->log);
    if (site->redis == NULL) {
        goto failed;
    }

    site->store = ngx_smartmsg_store_create(site->redis,
                                            &site->redis_conf->prefix,
                                            cycle->log);
    if (site->store == NULL) {
        goto failed;
    }

    site->watch = ngx_smartmsg_watch_create(site->redis, site->redis_conf,
                                            ngx_smartmsg_site_loaded,
                                            ngx_smartmsg_site_lost, site,
                                            cycle->log);
    if (site->watch == NULL) {
        goto failed;
    }

    ngx_smartmsg_watch_start(site->watch);

    return;

failed:

    ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                  "smartmsg: no memory for redis %V, no message is shown",
                  &site->redis_conf->name);

    ngx_smartmsg_site_stop(site);
}


void
ngx_smartmsg_site_stop(ngx_smartmsg_site_t *site)
{
    if (site->watch) {
        ngx_smartmsg_watch_close(site->watch);
        site->watch = NULL;
    }

    if (site->redis) {
        ngx_smartmsg_redis_close(site->redis);
        site->redis = NULL;
    }

    if (site->store) {
        ngx_smartmsg_store_free(site->store);
        site->store = NULL;
    }
}


ngx_uint_t
ngx_smartmsg_site_ready(ngx_smartmsg_site_t *site)
{
    return (site->store != NULL && ngx_smartmsg_redis_ready(site->redis));
}


ngx_int_t
ngx_smartmsg_site_wait(ngx_smartmsg_site_t *site,
    ngx_smartmsg_waiter_t *waiter)
{
    if (site->loaded) {
        return NGX_OK;
    }

    if (site->watch && !ngx_smartmsg_watch_ready(site->watch)) {
        return NGX_DECLINED;
    }

    ngx_queue_insert_tail(&site->waiting, &waiter->queue);

    return NGX_AGAIN;
}


static void
ngx_smartmsg_site_loaded(void *data, ngx_smartmsg_fields_t *rules,
    ngx_smartmsg_fields_t *switches, ngx_smartmsg_fields_t *good,
    ngx_smartmsg_fields_t *config, ngx_smartmsg_fields_t *theme,
    ngx_smartmsg_fields_t *groups)
{
    ngx_smartmsg_site_t *site = data;

    /* first, as the rules ask about them */

    if (groups) {
        ngx_smartmsg_site_groups(site, groups);
    }

    /* half of the state is no state: what is in force stays in force */

    if (rules && switches && good) {
        ngx_smartmsg_site_update(site, rules, switches, good);
    }

    if (config) {
        ngx_smartmsg_site_configure(site, config);
    }

    if (theme) {
        ngx_smartmsg_site_set_theme(site, theme);
    }

    site->loaded = 1;

    ngx_smartmsg_site_wake(site);
}


/* nothing is known and nothing will come soon: the pages go on without */

static void
ngx_smartmsg_site_lost(void *data)
{
    ngx_smartmsg_site_wake(data);
}


static void
ngx_smartmsg_site_wake(ngx_smartmsg_site_t *site)
{
    ngx_queue_t            *q;
    ngx_smartmsg_waiter_t  *waiter;

    while (!ngx_queue_empty(&site->waiting)) {
        q = ngx_queue_head(&site->waiting);
        ngx_queue_remove(q);

        waiter = ngx_queue_data(q, ngx_smartmsg_waiter_t, queue);
        waiter->handler(waiter->data);
    }
}


static void
ngx_smartmsg_site_update(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *rules, ngx_smartmsg_fields_t *switches,
    ngx_smartmsg_fields_t *good)
{
    smartmsg_kv_t              *kv, *p;
    smartmsg_catalog_input_t    input;
    smartmsg_catalog_report_t   report;

    kv = ngx_alloc((rules->nelts + switches->nelts + good->nelts + 1)
                   * sizeof(smartmsg_kv_t), ngx_cycle->log);
    if (kv == NULL) {
        return;
    }

    input.rules = kv;
    input.n_rules = rules->nelts;
    p = ngx_smartmsg_site_kv(rules, kv);

    input.switches = p;
    input.n_switches = switches->nelts;
    p = ngx_smartmsg_site_kv(switches, p);

    input.good = p;
    input.n_good = good->nelts;
    (void) ngx_smartmsg_site_kv(good, p);

    report.data = site;
    report.broken = ngx_smartmsg_site_broken;
    report.good = ngx_smartmsg_site_good;
    report.gone = ngx_smartmsg_site_gone;
    report.bad_switch = ngx_smartmsg_site_bad_switch;
    report.bad_group = NULL;

    if (!smartmsg_catalog_update(site->catalog, &input, &report)) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "smartmsg: no memory for the rules of redis %V, "
                      "the former rules stay in force",
                      &site->redis_conf->name);
    }

    ngx_free(kv);
}


smartmsg_kv_t *
ngx_smartmsg_site_kv(ngx_smartmsg_fields_t *fields, smartmsg_kv_t *kv)
{
    ngx_uint_t  i;

    for (i = 0; i < fields->nelts; i++) {
        kv->key = ngx_smartmsg_str(&fields->elts[i].name);
        kv->value = ngx_smartmsg_str(&fields->elts[i].value);
        kv++;
    }

    return kv;
}


/*
 * Every worker sees every change; the first one speaks for all, so that a
 * mistake is in the log once.  After a reload there are two of that number
 * until the old one ends.
 */

ngx_uint_t
ngx_smartmsg_site_speaks(void)
{
    return (ngx_worker == 0 && !ngx_exiting);
}


static void
ngx_smartmsg_site_broken(void *data, smartmsg_str_t id,
    const smartmsg_error_t *err, const char *in_force)
{
    ngx_smartmsg_site_t *site = data;

    u_char     buf[NGX_MAX_ERROR_STR / 2];
    u_char     name[NGX_SMARTMSG_SITE_QUOTE];
    ngx_str_t  rule, reason, quoted;

    if (!ngx_smartmsg_site_speaks()) {
        return;
    }

    rule.data = (u_char *) id.data;
    rule.len = id.len;

    reason.data = buf;
    reason.len = ngx_smartmsg_site_reason(buf, buf + sizeof(buf), err) - buf;

    quoted = ngx_smartmsg_site_quote(name, id);

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "smartmsg: rule \"%V\" of %Vrules is broken: %V; "
                  "in force: %s",
                  &quoted, &site->redis_conf->prefix, &reason, in_force);

    if (site->store) {
        (void) ngx_smartmsg_store_status(site->store, &rule, &reason,
                                         ngx_time());
    }
}


static void
ngx_smartmsg_site_good(void *data, smartmsg_str_t id, smartmsg_str_t text)
{
    ngx_smartmsg_site_t *site = data;

    ngx_str_t  rule, value;

    if (!ngx_smartmsg_site_speaks() || site->store == NULL) {
        return;
    }

    rule.data = (u_char *) id.data;
    rule.len = id.len;

    value.data = (u_char *) text.data;
    value.len = text.len;

    (void) ngx_smartmsg_store_good(site->store, &rule, &value);
    (void) ngx_smartmsg_store_status(site->store, &rule, NULL, ngx_time());
}


static void
ngx_smartmsg_site_gone(void *data, smartmsg_str_t id)
{
    ngx_smartmsg_site_t *site = data;

    ngx_str_t  rule;

    if (!ngx_smartmsg_site_speaks() || site->store == NULL) {
        return;
    }

    rule.data = (u_char *) id.data;
    rule.len = id.len;

    (void) ngx_smartmsg_store_forget(site->store, &rule);
}


static void
ngx_smartmsg_site_bad_switch(void *data, smartmsg_str_t id,
    smartmsg_str_t value)
{
    ngx_smartmsg_site_t *site = data;

    u_char     name[NGX_SMARTMSG_SITE_QUOTE], text[NGX_SMARTMSG_SITE_QUOTE];
    ngx_str_t  rule, position;

    if (!ngx_smartmsg_site_speaks()) {
        return;
    }

    rule = ngx_smartmsg_site_quote(name, id);
    position = ngx_smartmsg_site_quote(text, value);

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "smartmsg: switch \"%V\" of %Vswitch is \"%V\", it must "
                  "be \"on\" or \"off\"; its former position stays",
                  &rule, &site->redis_conf->prefix, &position);
}


/* what Redis holds may be long, and must not make lines of its own */

ngx_str_t
ngx_smartmsg_site_quote(u_char *buf, smartmsg_str_t s)
{
    ngx_str_t  quoted;

    quoted.data = buf;
    quoted.len = ngx_min(s.len, NGX_SMARTMSG_SITE_QUOTE);

    if (quoted.len) {
        ngx_memcpy(buf, s.data, quoted.len);
        ngx_smartmsg_site_printable(buf, buf + quoted.len);
    }

    return quoted;
}


static void
ngx_smartmsg_site_printable(u_char *p, u_char *last)
{
    for ( /* void */ ; p < last; p++) {
        if (*p < 0x20 || *p == 0x7f) {
            *p = '?';
        }
    }
}


u_char *
ngx_smartmsg_site_reason(u_char *buf, u_char *last,
    const smartmsg_error_t *err)
{
    u_char  *p;

    p = buf;

    if (err->line) {
        p = ngx_slprintf(p, last, "line %d column %d: ", err->line,
                         err->column);
    }

    if (err->path[0]) {
        p = ngx_slprintf(p, last, "%s: ", err->path);
    }

    p = ngx_slprintf(p, last, "%s", err->text);

    ngx_smartmsg_site_printable(buf, p);

    return p;
}
