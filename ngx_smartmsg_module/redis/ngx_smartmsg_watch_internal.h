/*
 * The inside of the watcher, shared by ngx_smartmsg_watch.c (when to look) and
 * ngx_smartmsg_watch_load.c (looking).
 */

#ifndef _NGX_SMARTMSG_WATCH_INTERNAL_H_INCLUDED_
#define _NGX_SMARTMSG_WATCH_INTERNAL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "redis/ngx_smartmsg_watch.h"


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
    /* that of the visitors, and the watcher's own */
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

    /* of what was delivered last */
    u_char                          digest[16];

    /* ngx_current_msec at the end of the last load */
    ngx_msec_t                      loaded_at;

    ngx_event_t                     posted;
    ngx_event_t                     timer;
    ngx_connection_t                dummy;

    /* this connection has been asked to tell of changes */
    unsigned                        asked:1;

    /* it will not; and the log knows that */
    unsigned                        refused:1;
    unsigned                        told:1;

    /* replies are awaited, or wait for delivery */
    unsigned                        loading:1;

    /* to be loaded again */
    unsigned                        dirty:1;

    /* the connection broke while loading */
    unsigned                        failed:1;

    /* the server would not let a hash be read this time */
    unsigned                        unread:1;

    unsigned                        delivered:1;
};


/*
 * Asks, on a fresh connection, to be told when a hash changes that was read
 * on it.  For ngx_smartmsg_watch_load(): it has to come before the reading.
 */

ngx_int_t ngx_smartmsg_watch_ask(ngx_smartmsg_watch_t *watch);

/*
 * The next hash that is read will not be watched.
 */

ngx_int_t ngx_smartmsg_watch_skip(ngx_smartmsg_watch_t *watch);

/*
 * Sets up what reading needs; NGX_ERROR: the prefix is too long.  And its end.
 */

ngx_int_t ngx_smartmsg_watch_load_init(ngx_smartmsg_watch_t *watch);
void ngx_smartmsg_watch_load_end(ngx_smartmsg_watch_t *watch);

/*
 * Reads all hashes as soon as that makes sense: now, after a pause, at the end
 * of a load that is under way, or when the server is back.
 */

void ngx_smartmsg_watch_load(ngx_smartmsg_watch_t *watch);


#endif /* _NGX_SMARTMSG_WATCH_INTERNAL_H_INCLUDED_ */
