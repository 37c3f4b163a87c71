/*
 * Why a rule of a set is not chosen for a page view, in words: for people, not
 * for requests.
 */

#ifndef SMARTMSG_CORE_TRACE_H
#define SMARTMSG_CORE_TRACE_H

#include "core/explain.h"
#include "core/ruleset.h"

/* A decision that was made, and what it was made from; all is borrowed. */
typedef struct {
    smartmsg_ruleset_t *set;
    const smartmsg_names_t *names;      /* of the facts */
    const smartmsg_context_t *context;
    const smartmsg_seen_t *seen;
    int64_t now;
    const smartmsg_decision_t *decision;
} smartmsg_trace_t;

/* The message of the rule that was armed, or NULL. */
const smartmsg_armed_t *smartmsg_trace_armed(const smartmsg_trace_t *trace,
    const smartmsg_rule_t *rule);

/* The rule that a kind of trigger was given to, or NULL. */
const smartmsg_rule_t *smartmsg_trace_owner(const smartmsg_trace_t *trace,
    smartmsg_trigger_e kind);

/*
 * The reasons as a list of objects, empty for a rule that is armed: each has
 * `why`, a word ("off", "condition", "cap" ...), and `text`, a sentence; one
 * of a condition has its path, fact, operator, the actual and the expected
 * value, too.  NULL without memory.
 */
json_t *smartmsg_trace_reasons(const smartmsg_trace_t *trace,
    const smartmsg_rule_t *rule);

/*
 * Adds a reason to such a list.  The text may be foreign.  Returns the object,
 * borrowed, or NULL without memory.
 */
json_t *smartmsg_trace_add(json_t *list, const char *why, const char *format,
    ...) SMARTMSG_PRINTF(3, 4);

#endif
