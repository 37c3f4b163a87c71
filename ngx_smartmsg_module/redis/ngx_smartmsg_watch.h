/*
 * Watches rules, switches and settings: reads the hashes on a connection of
 * its own, on which Redis then tells of changes (client tracking).  Where the
 * server refuses that they are read every second instead.
 */

#ifndef _NGX_SMARTMSG_WATCH_H_INCLUDED_
#define _NGX_SMARTMSG_WATCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/ngx_smartmsg_fields.h"
#include "redis/ngx_smartmsg_redis.h"


/* what is larger is not used, and logged: all fields of one hash together */

#define NGX_SMARTMSG_WATCH_MAX_SIZE    (64 * 1024 * 1024)
#define NGX_SMARTMSG_WATCH_MAX_FIELDS  100000

/*
 * A change is loaded at once, those of a flood with pauses between the loads,
 * ms.  It is a flood, too, when Redis is short of memory for the keys that it
 * watches: it forgets some, and says so, whenever one is read.
 */

#define NGX_SMARTMSG_WATCH_PAUSE       50

/* between two looks where tracking or the reading was refused, ms */

#define NGX_SMARTMSG_WATCH_INTERVAL    1000


typedef struct ngx_smartmsg_watch_s  ngx_smartmsg_watch_t;


/*
 * The hashes PREFIX rules, switch, good, config, theme and groups have been
 * read, for the first time or because one of them, other than good, changed.
 * A hash that does not exist has no fields; NULL means that it could not be
 * read (wrong type, no permission, too large): keep what is in force.  All is
 * borrowed for the call.
 *
 * Runs from a posted event, not while replies are read: anything may be done
 * here but closing the watcher.
 */

typedef void (*ngx_smartmsg_watch_loaded_pt)(void *data,
    ngx_smartmsg_fields_t *rules, ngx_smartmsg_fields_t *switches,
    ngx_smartmsg_fields_t *good, ngx_smartmsg_fields_t *config,
    ngx_smartmsg_fields_t *theme, ngx_smartmsg_fields_t *groups);


/*
 * A load has failed because Redis is away; it is done again when Redis is
 * back.  Runs as "loaded" does.
 */

typedef void (*ngx_smartmsg_watch_failed_pt)(void *data);


/*
 * Makes a watcher, whose connection has the settings of "redis", that of the
 * visitors; it looks after its own when that one has been down.  Returns NULL
 * without memory.  To be closed before "redis" is.
 */

ngx_smartmsg_watch_t *ngx_smartmsg_watch_create(ngx_smartmsg_redis_t *redis,
    ngx_smartmsg_redis_conf_t *conf, ngx_smartmsg_watch_loaded_pt loaded,
    ngx_smartmsg_watch_failed_pt failed, void *data, ngx_log_t *log);

/*
 * Connects both, in the background, and loads as soon as possible.
 */

void ngx_smartmsg_watch_start(ngx_smartmsg_watch_t *watch);

/*
 * 0: its connection is down, so nothing will be loaded soon.
 */

ngx_uint_t ngx_smartmsg_watch_ready(ngx_smartmsg_watch_t *watch);

/*
 * Ends and frees it; for exit_process.  "loaded" is not called any more.
 */

void ngx_smartmsg_watch_close(ngx_smartmsg_watch_t *watch);


#endif /* _NGX_SMARTMSG_WATCH_H_INCLUDED_ */
