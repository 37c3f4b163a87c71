/*
 * The rules as a server sees them: those of Redis over those of a directory,
 * with switches and states.
 */

#ifndef SMARTMSG_TOOL_RULES_H
#define SMARTMSG_TOOL_RULES_H

#include "core/catalog.h"
#include "core/rule_dir.h"
#include "tool/redis.h"

typedef struct {
    smartmsg_str_t id;              /* foreign: may be anything */
    const smartmsg_rule_t *rule;    /* the one in force; NULL: none */
    bool on;                        /* its switch */
    bool in_redis;
    bool broken;                    /* the text in Redis is */
    char *error;                    /* why */
    const char *in_force;           /* what serves instead, or NULL */
} ctl_rule_t;

typedef struct {
    smartmsg_names_t *names;
    smartmsg_catalog_t *catalog;
    smartmsg_rule_list_t files;
    redisReply *hashes[5];          /* rules, switch, good ..., or NULL */
    ctl_rule_t *rules;              /* sorted by id */
    size_t n;
    bool main_switch;
} ctl_rules_t;

/* Reads all there is; ends the program on failure. */
void ctl_rules_load(ctl_t *ctl, ctl_rules_t *rules);
void ctl_rules_free(ctl_rules_t *rules);

/* NULL if there is none. */
const ctl_rule_t *ctl_rules_find(const ctl_rules_t *rules, smartmsg_str_t id);

typedef enum {
    CTL_STATE_ON,
    CTL_STATE_OFF,
    CTL_STATE_BROKEN,
    CTL_STATE_SCHEDULED,            /* its start has not come */
    CTL_STATE_ENDED
} ctl_state_e;

/* now in unix seconds. */
ctl_state_e ctl_rule_state(const ctl_rules_t *rules, const ctl_rule_t *rule,
    long long now);

/* "on", "off", "broken" ... */
const char *ctl_state_name(ctl_state_e state);

#endif
