/*
 * Goals: what visitors do that ends messages for them, and counts as success
 * of those that they have seen.
 */

#ifndef _NGX_SMARTMSG_STORE_GOAL_H_INCLUDED_
#define _NGX_SMARTMSG_STORE_GOAL_H_INCLUDED_


#include "redis/ngx_smartmsg_store.h"

#include "core/str.h"


/* an impression this old has no part in it any more, seconds */

#define NGX_SMARTMSG_GOAL_WINDOW  (30 * 86400)


typedef struct {
    ngx_str_t                     visitor;
    time_t                        now;
    time_t                        visitor_ttl;

    /* whose goal it is */
    smartmsg_str_t               *rules;
    size_t                        nrules;
} ngx_smartmsg_store_goal_t;


/*
 * Notes that the visitor has reached the goal of these rules.  For each it
 * counts once: a conversion, in the statistics and in the stream, if the
 * visitor has seen the rule's message in the last days.  All is copied.
 */

ngx_int_t ngx_smartmsg_store_goal(ngx_smartmsg_store_t *store,
    ngx_smartmsg_store_goal_t *goal);


#endif /* _NGX_SMARTMSG_STORE_GOAL_H_INCLUDED_ */
