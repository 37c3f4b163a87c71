/*
 * The facts that a decision is explained with.
 */

#ifndef SMARTMSG_TOOL_FACTS_H
#define SMARTMSG_TOOL_FACTS_H

#include "core/limit.h"
#include "tool/redis.h"

typedef struct {
    json_t *object;             /* nested: {"cart": {"value": 3}} */
    redisReply *session;        /* of a visitor, or NULL */
    redisReply *visitor;
    smartmsg_quiet_t quiet;     /* of the site, with a visitor only */
} ctl_facts_t;

/*
 * Collects what a new visitor's first page has, over that what Redis knows of
 * --visitor, over that the JSON file among the arguments, over that --fact.
 */
void ctl_facts_load(ctl_t *ctl, ctl_facts_t *facts, long long now);
void ctl_facts_free(ctl_facts_t *facts);

/* What the visitor has seen; data is a ctl_facts_t. */
smartmsg_seen_t ctl_facts_seen(ctl_facts_t *facts);

/* The variations that the visitor keeps; nothing is written. */
smartmsg_sticky_t ctl_facts_sticky(ctl_facts_t *facts);

#endif
