/*
 * Sticky buckets: a variation once given is kept.
 */

#ifndef SMARTMSG_CORE_STICKY_H
#define SMARTMSG_CORE_STICKY_H

#include "core/targeting.h"
#include "core/text.h"

/* What an experiment says about its assignments. */
typedef struct {
    smartmsg_str_t experiment;       /* key, without version */
    smartmsg_attribute_t attribute;
    smartmsg_attribute_t fallback;   /* "id" if there is none */
    int version;
    int min_version;
} smartmsg_sticky_rule_t;

typedef enum {
    SMARTMSG_STICKY_NONE,
    SMARTMSG_STICKY_FOUND,
    SMARTMSG_STICKY_BLOCKED   /* assigned by a version that is blocked */
} smartmsg_sticky_verdict_t;

/*
 * Looks for the visitor's assignment; FOUND appends the variation's key.
 */
smartmsg_sticky_verdict_t smartmsg_sticky_find(
    const smartmsg_sticky_rule_t *rule, const smartmsg_sticky_t *store,
    const smartmsg_facts_t *facts, smartmsg_text_t *variation);

/* Keeps an assignment made by an attribute's value, if it is new. */
void smartmsg_sticky_save(const smartmsg_sticky_rule_t *rule,
    const smartmsg_sticky_t *store, smartmsg_str_t attribute,
    const smartmsg_value_t *value, smartmsg_str_t variation);

#endif
