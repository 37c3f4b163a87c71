
/*
 * A site: the rules and the Redis that one or more servers share.  Servers
 * with the same smartmsg_redis and smartmsg_rules have one site, so that a
 * worker keeps one connection for all of them.
 */


#ifndef _NGX_SMARTMSG_SITE_H_INCLUDED_
#define _NGX_SMARTMSG_SITE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/catalog.h"
#include "core/names.h"
#include "core/preview.h"
#include "core/ruleset.h"
#include "core/settings.h"
#include "core/theme.h"
#include "redis/ngx_smartmsg_redis.h"
#include "redis/ngx_smartmsg_store.h"
#include "redis/ngx_smartmsg_watch.h"


#define NGX_SMARTMSG_SITE_QUOTE  128    /* bytes of an id in the log */


/* told once the rules and switches of Redis are known */
typedef struct {
    ngx_queue_t                  queue;
    void                       (*handler)(void *data);
    void                        *data;
} ngx_smartmsg_waiter_t;


typedef struct {
    ngx_smartmsg_redis_conf_t   *redis_conf;  /* NULL: no Redis */
    ngx_str_t                    dir;         /* of rules, may be empty */

    smartmsg_names_t            *names;
    smartmsg_catalog_t          *catalog;
    smartmsg_settings_t          settings;
    smartmsg_theme_t             theme;
    u_char                       theme_read[16];    /* its digest */
    u_char                       config[16];  /* digests of what was read */
    u_char                       groups[16];

    /* that preview links are signed with; empty: there can be none */
    ngx_str_t                    secret;
    u_char                       secret_data[SMARTMSG_PREVIEW_SECRET_MAX];

    /* where the fact of a slot comes from, filled on demand */
    const void                 **sources;
    ngx_uint_t                   nsources;

    ngx_smartmsg_redis_t        *redis;
    ngx_smartmsg_store_t        *store;
    ngx_smartmsg_watch_t        *watch;

    ngx_queue_t                  waiting;     /* of ngx_smartmsg_waiter_t */

    unsigned                     used:1;      /* some location needs it */
    unsigned                     on:1;        /* somewhere "smartmsg on" */
    unsigned                     endpoint:1;  /* a server has one */
    unsigned                     started:1;
    unsigned                     loaded:1;    /* Redis was asked for rules */
} ngx_smartmsg_site_t;


/*
 * Creates the site and loads the rules of its directory; a rule that does not
 * parse is logged with file, line and reason, and the configuration fails.
 * Everything is freed with cf->pool.
 */
ngx_smartmsg_site_t *ngx_smartmsg_site_create(ngx_conf_t *cf,
    ngx_smartmsg_redis_conf_t *redis, ngx_str_t *dir);

/*
 * In a worker: connects and watches the rules.  Cheap when already started,
 * so it is also called per request: with "master_process off" a reload does
 * not run init_process again.
 */
void ngx_smartmsg_site_start(ngx_smartmsg_site_t *site, ngx_cycle_t *cycle);

/* the rules in force; borrowed until control returns to the event loop */
smartmsg_ruleset_t *ngx_smartmsg_site_rules(ngx_smartmsg_site_t *site);

/*
 * NGX_OK: the rules in force are those of Redis; NGX_AGAIN: in this new worker
 * they are not known yet, a switch may be off; the waiter will be called, from
 * an event of its own, unless it takes itself out of the queue.  NGX_DECLINED:
 * nor will they be known soon.
 */
ngx_int_t ngx_smartmsg_site_wait(ngx_smartmsg_site_t *site,
    ngx_smartmsg_waiter_t *waiter);

/* is the runtime to be in every page? */
ngx_uint_t ngx_smartmsg_site_always(ngx_smartmsg_site_t *site);

/* is there a Redis that takes commands? */
ngx_uint_t ngx_smartmsg_site_ready(ngx_smartmsg_site_t *site);

/*
 * Takes over the settings in Redis, if they have changed: what is missing is
 * as it is by default; what is no setting or has no good value is logged, and
 * the former state stays.
 */
void ngx_smartmsg_site_configure(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *config);

/*
 * Takes over the theme in Redis, if it has changed: all of it or, if there is
 * a mistake, which is logged, nothing.
 */
void ngx_smartmsg_site_set_theme(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *fields);

/* Takes over the saved groups in Redis, if they have changed. */
void ngx_smartmsg_site_groups(ngx_smartmsg_site_t *site,
    ngx_smartmsg_fields_t *groups);

/* the fields for core/; kv has room for all, what follows them is returned */
smartmsg_kv_t *ngx_smartmsg_site_kv(ngx_smartmsg_fields_t *fields,
    smartmsg_kv_t *kv);

/* "line 2 column 13: PATH: REASON", without control characters */
u_char *ngx_smartmsg_site_reason(u_char *buf, u_char *last,
    const smartmsg_error_t *err);

/* is this the worker that logs for all? */
ngx_uint_t ngx_smartmsg_site_speaks(void);

/* foreign text for the log; buf has NGX_SMARTMSG_SITE_QUOTE bytes */
ngx_str_t ngx_smartmsg_site_quote(u_char *buf, smartmsg_str_t s);

/* at the end of a worker */
void ngx_smartmsg_site_stop(ngx_smartmsg_site_t *site);


#endif /* _NGX_SMARTMSG_SITE_H_INCLUDED_ */
