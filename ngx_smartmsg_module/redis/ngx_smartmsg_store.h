/*
 * What is remembered of visitors, and what is written about messages: the
 * one place that knows the keys and fields in Redis, except for the loading
 * of rules (ngx_smartmsg_watch.h).  PREFIX is that of the configuration.
 *
 *   PREFIX{VISITOR}:s        the session
 *   PREFIX{VISITOR}:v        the visitor
 *   PREFIX{VISITOR}:o        order numbers seen, against double counting
 *   PREFIX{VISITOR}:p        an order was counted whose number is not known
 *   PREFIXstats:RULE:DAY     counters by variation
 *   PREFIXevents             the stream of events
 *   PREFIXstatus, PREFIXgood the state of each rule, its last good text
 *
 * All writes are fire and forget: NGX_OK says that they are on their way,
 * anything else that they are lost (counted and logged by the connection).
 * Texts given are copied before a function returns.
 */

#ifndef _NGX_SMARTMSG_STORE_H_INCLUDED_
#define _NGX_SMARTMSG_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/renewal.h"

#include "redis/ngx_smartmsg_fields.h"
#include "redis/ngx_smartmsg_redis.h"


#define NGX_SMARTMSG_VISITOR_LEN       22

/* seconds; not each view renews the end of the session */

#define NGX_SMARTMSG_SESSION_TTL       (1800 + SMARTMSG_RENEWAL_PERIOD)
#define NGX_SMARTMSG_SESSION_NEW_TTL   120
#define NGX_SMARTMSG_ORDER_TTL         (90 * 86400)
#define NGX_SMARTMSG_PLACED_TTL        1800
#define NGX_SMARTMSG_STATS_TTL         (400 * 86400)

#define NGX_SMARTMSG_STREAM_MAXLEN     100000

/* name/value pairs of one page view */

#define NGX_SMARTMSG_VIEW_FIELDS       16

/* what a page may tell with one event, and of one visitor */

#define NGX_SMARTMSG_EVENT_FIELDS      16
#define NGX_SMARTMSG_TRAITS            32


typedef struct ngx_smartmsg_store_s       ngx_smartmsg_store_t;
typedef struct ngx_smartmsg_store_read_s  ngx_smartmsg_store_read_t;


/*
 * Session and visitor as Redis has them; a hash that does not exist has no
 * fields.  Both NULL: they could not be read.  cart.value and cart.items are
 * never negative here.  The callee frees both with
 * ngx_smartmsg_fields_free().
 *
 * Runs from a posted event of its own, not while replies are read: the
 * request may be resumed, or finalized, from here.
 */

typedef void (*ngx_smartmsg_store_read_pt)(void *data,
    ngx_smartmsg_fields_t *session, ngx_smartmsg_fields_t *visitor);


/*
 * One page view.
 */

typedef struct {
    ngx_str_t                     visitor;

    /* unix seconds */
    time_t                        now;

    /* the session's latest view as read; 0 or less: not known */
    time_t                        last;

    /* life of the visitor's hash, that of the cookie, seconds */
    time_t                        visitor_ttl;

    /*
     * Written to the session when it is a new one: entry, referrer, utm.*
     * (name, value); at most NGX_SMARTMSG_VIEW_FIELDS.
     */
    ngx_smartmsg_field_t         *fields;
    ngx_uint_t                    nfields;

    /* the id was made for this response: the cookie has not come back yet */
    unsigned                      minted:1;

    /*
     * The session is new: as read, it has no field "views".  "first" and
     * the fields above are written.
     */
    unsigned                      fresh:1;

    /*
     * The session goes on: as read, it has the field "views", but not "new",
     * which only the first view of all leaves.
     */
    unsigned                      known:1;

    /*
     * The page was fetched ahead: if it is ever seen, a view follows.  What
     * begins a new session is written, but nothing is counted.
     */
    unsigned                      prefetch:1;
} ngx_smartmsg_store_view_t;


typedef enum {
    NGX_SMARTMSG_STORE_IMPRESSION = 0,
    NGX_SMARTMSG_STORE_CLICK,
    NGX_SMARTMSG_STORE_DISMISS,
    NGX_SMARTMSG_STORE_CART_SET,
    NGX_SMARTMSG_STORE_CART_ADD,
    NGX_SMARTMSG_STORE_CART_REMOVE,
    NGX_SMARTMSG_STORE_ORDER,

    /* a rule's goal was reached, see ngx_smartmsg_store_goal.h */
    NGX_SMARTMSG_STORE_CONVERT,

    NGX_SMARTMSG_STORE_TRACK,
    NGX_SMARTMSG_STORE_IDENTIFY,
    NGX_SMARTMSG_STORE_ANSWER
} ngx_smartmsg_store_event_e;


/*
 * One event of a page.  Strings that are not there have length 0.  What comes
 * from a browser is checked by the caller: lengths, number ranges, and that
 * the rule exists (each rule seen gets fields and a key of its own).
 */

typedef struct {
    ngx_smartmsg_store_event_e    event;

    /* without one only statistics and the stream are written */
    ngx_str_t                     visitor;

    time_t                        now;
    time_t                        visitor_ttl;
    ngx_str_t                     page;

    /* impression, click, dismiss, convert, answer */
    ngx_str_t                     rule;
    ngx_str_t                     variation;
    ngx_str_t                     on;

    /* of a click: the index of the action; -1: none given */
    ngx_int_t                     action;

    /* cart, order */
    double                        value;
    double                        items;
    ngx_str_t                     currency;

    /* NGX_SMARTMSG_STORE_CART_SET: what is not known stays as it was */
    unsigned                      no_value:1;
    unsigned                      no_items:1;

    /* order */
    ngx_str_t                     order;

    /* track: a plain word; is the session to count it? */
    ngx_str_t                     name;
    unsigned                      counted:1;

    /* identify: who the visitor is */
    ngx_str_t                     id;

    /* answer: what was agreed to */
    ngx_str_t                     consent;

    /*
     * track, identify, answer: names and values for the stream, at most
     * NGX_SMARTMSG_EVENT_FIELDS.  Those of identify, which begin with
     * "traits.", are fields of the visitor, too.
     */
    ngx_smartmsg_field_t         *fields;
    ngx_uint_t                    nfields;
} ngx_smartmsg_store_event_t;


/*
 * Makes a store that speaks through a connection; several may share one.
 * The prefix has to outlive the store.  Returns NULL without memory.
 */

ngx_smartmsg_store_t *ngx_smartmsg_store_create(ngx_smartmsg_redis_t *redis,
    ngx_str_t *prefix, ngx_log_t *log);

/*
 * Frees it.  To be called after the connection has been closed: until then
 * replies may still come in.
 */

void ngx_smartmsg_store_free(ngx_smartmsg_store_t *store);

/*
 * Reads session and visitor in one group of commands.  cb runs exactly once,
 * later, unless the read is cancelled; never after the connection has been
 * closed.  There is no time limit but that of the connection: the caller has
 * its own timer.
 *
 * Returns NULL when Redis is down, or without memory; cb will not run.
 */

ngx_smartmsg_store_read_t *ngx_smartmsg_store_read(
    ngx_smartmsg_store_t *store, ngx_str_t *visitor,
    ngx_smartmsg_store_read_pt cb, void *data);

/*
 * Runs cb now, from within the call, if the answer is there: NGX_OK; the read
 * is gone then.  Else NGX_AGAIN.
 */

ngx_int_t ngx_smartmsg_store_poll(ngx_smartmsg_store_read_t *read);

/*
 * cb will not run.  To be called at most once and only before cb has been
 * entered; the read is gone in both cases.
 */

void ngx_smartmsg_store_cancel(ngx_smartmsg_store_read_t *read);

/*
 * Deletes all that is known of a visitor; what the stream says stays.  It is
 * sent behind what this worker has sent before.
 */

ngx_int_t ngx_smartmsg_store_delete(ngx_smartmsg_store_t *store,
    ngx_str_t *visitor);

/*
 * Counts a page view, and once per session the visit: when the first view of
 * a session comes with the cookie, or the first one after the id was made.
 */

ngx_int_t ngx_smartmsg_store_view(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_view_t *view);

/*
 * Writes what an event means: statistics, cart, orders (each order id counts
 * once per visitor), and an entry in the stream.  That an impression counts
 * for caps is told by ngx_smartmsg_store_claim.h.
 */

ngx_int_t ngx_smartmsg_store_event(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_event_t *event);

/*
 * Keeps variations that a visitor has been given: names and values, at most
 * NGX_SMARTMSG_STICKY_FIELDS, of core/sticky_field.h.
 */

#define NGX_SMARTMSG_STICKY_FIELDS  16

ngx_int_t ngx_smartmsg_store_sticky(ngx_smartmsg_store_t *store,
    ngx_str_t *visitor, time_t visitor_ttl, ngx_smartmsg_field_t *fields,
    ngx_uint_t nfields);

/*
 * An event that a request of the shop means.  The name is a plain word, and
 * one of few: each has a counter in the session.
 */

typedef struct {
    ngx_str_t                     visitor;
    time_t                        now;
    time_t                        visitor_ttl;
    ngx_str_t                     page;

    ngx_str_t                     name;

    /* for the stream, at most NGX_SMARTMSG_TRACK_FIELDS */
    ngx_smartmsg_field_t         *fields;
    ngx_uint_t                    nfields;

    /*
     * It is an order whose number is not known.  It counts as one, unless
     * the one before was such an order, too, NGX_SMARTMSG_PLACED_TTL ago at
     * most; and the order with a number that follows is the same.
     */
    unsigned                      placed:1;
} ngx_smartmsg_store_track_t;

#define NGX_SMARTMSG_TRACK_FIELDS  8

ngx_int_t ngx_smartmsg_store_track(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_track_t *track);

/*
 * Sets the state of a rule: error NULL for a rule that is in force, else the
 * reason why it is not.  The text need not be valid UTF-8.
 */

ngx_int_t ngx_smartmsg_store_status(ngx_smartmsg_store_t *store,
    ngx_str_t *rule, ngx_str_t *error, time_t now);

/*
 * Keeps the text of a rule as the last good one.
 */

ngx_int_t ngx_smartmsg_store_good(ngx_smartmsg_store_t *store,
    ngx_str_t *rule, ngx_str_t *text);

/*
 * Removes state and last good text of a rule that is gone.
 */

ngx_int_t ngx_smartmsg_store_forget(ngx_smartmsg_store_t *store,
    ngx_str_t *rule);


#endif /* _NGX_SMARTMSG_STORE_H_INCLUDED_ */
