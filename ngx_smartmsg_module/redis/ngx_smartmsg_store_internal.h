/*
 * Shared by the files of the store: ngx_smartmsg_store.c (reading), and
 * ngx_smartmsg_store_*.c, a file for each subject.
 */

#ifndef _NGX_SMARTMSG_STORE_INTERNAL_H_INCLUDED_
#define _NGX_SMARTMSG_STORE_INTERNAL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/ngx_smartmsg_cmd.h"
#include "redis/ngx_smartmsg_prepared.h"
#include "redis/ngx_smartmsg_spare.h"
#include "redis/ngx_smartmsg_store.h"


struct ngx_smartmsg_store_s {
    ngx_smartmsg_redis_t           *redis;
    ngx_str_t                      *prefix;
    ngx_log_t                      *log;

    /*
     * The reading of both hashes; a view of a session that goes on, and one
     * that renews its end
     */
    ngx_smartmsg_prepared_t         read;
    ngx_smartmsg_prepared_t         next_view;
    ngx_smartmsg_prepared_t         renewing_view;

    /* that are not delivered yet */
    ngx_queue_t                     reads;
    ngx_queue_t                     waits;

    /* blocks that the next reads, their answers and views are made of */
    ngx_smartmsg_spare_t            spare_reads;
    ngx_smartmsg_spare_t            spare_fields;
    ngx_smartmsg_spare_t            spare_visits;
};


/*
 * Writes out the commands of page views.
 */

void ngx_smartmsg_store_prepare_views(ngx_smartmsg_store_t *store);

/*
 * Starts a command on a key of a visitor; kind is 's', 'v' or 'o'.
 */

void ngx_smartmsg_store_cmd(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, const char *name, const ngx_str_t *visitor,
    int kind);

/*
 * The same key as a further argument.
 */

void ngx_smartmsg_store_key(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, const ngx_str_t *visitor, int kind);

/*
 * Sends a command nobody waits for; *rc becomes the result if it is a
 * failure.
 */

void ngx_smartmsg_store_write(ngx_smartmsg_cmd_t *cmd,
    ngx_smartmsg_store_t *store, ngx_int_t *rc);

void ngx_smartmsg_store_expire(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, int kind, time_t ttl, ngx_int_t *rc);

void ngx_smartmsg_store_add_number(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, int kind, const char *field, double value,
    ngx_int_t *rc);

/*
 * The visitor is there, and what was just created in the session needs an end.
 */

void ngx_smartmsg_store_heard(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, ngx_int_t *rc);

/*
 * The session has one more event of that name.
 */

void ngx_smartmsg_store_happened(ngx_smartmsg_store_t *store,
    const ngx_str_t *visitor, const ngx_str_t *name, ngx_int_t *rc);

/*
 * The entry of an event in the stream; its name there.
 */

void ngx_smartmsg_store_stream(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);

void ngx_smartmsg_store_stream_track(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_track_t *track, ngx_int_t *rc);

const char *ngx_smartmsg_store_event_name(ngx_smartmsg_store_event_e event);

/*
 * Of an event that says who the visitor is: at most NGX_SMARTMSG_TRAITS traits
 * are kept, new ones beyond are dropped.
 */

void ngx_smartmsg_store_identify(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);

/*
 * An order with a number, of a visitor; NGX_OK: Redis has been asked whether
 * it is new.
 */

ngx_int_t ngx_smartmsg_store_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event);

/*
 * One order more, of which nothing is known but when: the cart is empty.
 */

void ngx_smartmsg_store_count_order(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);

/*
 * Of an event about the cart: all of it, or what was put in (sign 1) or taken
 * out (-1).
 */

void ngx_smartmsg_store_cart_set(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, ngx_int_t *rc);

void ngx_smartmsg_store_cart_change(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event, int sign, ngx_int_t *rc);

/*
 * Frees the claims that nobody waits for any more.
 */

void ngx_smartmsg_store_free_waits(ngx_smartmsg_store_t *store);


#endif /* _NGX_SMARTMSG_STORE_INTERNAL_H_INCLUDED_ */
