#ifndef SMARTMSG_CORE_RULESET_H
#define SMARTMSG_CORE_RULESET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/experiment.h"
#include "core/limit.h"
#include "core/rule.h"

/*
 * The rules that are in force, in the order in which they are asked:
 * priority downwards, then id upwards. Immutable, shared by counted
 * references (not atomic). A request keeps the set that decided about it
 * alive, while a newer one serves the next request.
 */
typedef struct smartmsg_ruleset_s smartmsg_ruleset_t;

/* A rule and the position of its switch. */
typedef struct {
    smartmsg_rule_t *rule;
    bool on;
} smartmsg_ruleset_entry_t;

/*
 * Builds a set of n rules with different ids; takes references of its own.
 * main_switch off: the set decides nothing, whatever its rules. Rules that
 * are off or have no message stay known (smartmsg_ruleset_find) but cost
 * nothing. Returns NULL when there is no memory. The result has one reference.
 */
smartmsg_ruleset_t *smartmsg_ruleset_new(
    const smartmsg_ruleset_entry_t *entries, size_t n, bool main_switch);

smartmsg_ruleset_t *smartmsg_ruleset_ref(smartmsg_ruleset_t *set);

/* Gives a reference back; the last one frees. Does nothing for NULL. */
void smartmsg_ruleset_unref(smartmsg_ruleset_t *set);

/* Whether the set can never arm anything: no Redis, no facts are needed. */
bool smartmsg_ruleset_empty(const smartmsg_ruleset_t *set);

/* Whether a rule that is on needs the cart as only the browser knows it. */
bool smartmsg_ruleset_uses_cart(const smartmsg_ruleset_t *set);

/*
 * The fact slots that rules which are on can ask for: ascending, each once.
 * Borrowed from the set.
 */
const uint32_t *smartmsg_ruleset_slots(const smartmsg_ruleset_t *set,
                                       size_t *n);

/* All rules, off ones too, by id, and the main switch. */
size_t smartmsg_ruleset_size(const smartmsg_ruleset_t *set);
const smartmsg_rule_t *smartmsg_ruleset_at(const smartmsg_ruleset_t *set,
                                           size_t i);
bool smartmsg_ruleset_main_switch(const smartmsg_ruleset_t *set);

/*
 * A rule by its id, on or off, or NULL; *on (may be NULL) tells the position
 * of its own switch.
 */
const smartmsg_rule_t *smartmsg_ruleset_find(const smartmsg_ruleset_t *set,
                                             smartmsg_str_t id, bool *on);

/*
 * The feature that a prerequisite names, as the set sees it: one that is
 * switched off is as good as one that is not there. For the context's
 * `resolve`, with the set as its data.
 */
const smartmsg_feature_t *smartmsg_ruleset_resolve(void *set,
                                                   smartmsg_str_t key);

/*
 * The ids of the rules that are on and whose goal is the event: returns their
 * number, and writes them, borrowed from the set, if ids is not NULL.
 */
size_t smartmsg_ruleset_goals(const smartmsg_ruleset_t *set,
                              smartmsg_str_t event, smartmsg_str_t *ids);

/* A message to be armed in the page. Borrows from the set. */
typedef struct {
    const smartmsg_rule_t *rule;
    const smartmsg_message_t *message;
    smartmsg_str_t variation;       /* key of the variation; empty: forced */
    smartmsg_when_set_t entries;    /* those of its `when` that are armed */
    smartmsg_trigger_set_t kinds;   /* of trigger in these */
    uint32_t seconds;               /* age of the session, if they need it */
    uint32_t items;                 /* in the cart, if they need it */
} smartmsg_armed_t;

/*
 * The message with those entries of its `when` armed, and with the facts that
 * they need; its variation is left empty.
 */
smartmsg_armed_t smartmsg_ruleset_arm(const smartmsg_rule_t *rule,
                                      const smartmsg_message_t *message,
                                      const smartmsg_context_t *context,
                                      smartmsg_when_set_t entries);

/* Holds a reference on the set that its messages, if any, belong to. */
typedef struct {
    smartmsg_ruleset_t *set;
    size_t n;
    smartmsg_armed_t armed[SMARTMSG_TRIGGER_KINDS];
} smartmsg_decision_t;

/*
 * Decides which messages are armed for a page view, at time now (unix
 * seconds): rules in order; switches and dates first, then the conditions,
 * then limits. Each kind of trigger is given to one message only; a message
 * keeps the entries of its `when` all of whose kinds are still free, and takes
 * these. Stops when none is free. Of
 * the rules of one group only the first is armed.
 * Rules that the type of the page ("page.type") rules out are not looked at:
 * which these are is found once for each type and remembered in the set, so
 * a set is not for two threads at a time.
 * If context->personal is set, a rule that asks for anything personal, itself
 * or by a prerequisite, is passed over: without it the answer means nothing.
 * Of context, facts are needed; prerequisites are looked up in the set, its
 * `resolve` is not used. seen may be NULL: nothing was seen. Never fails.
 * Overwrites *decision; give it back with smartmsg_decision_release().
 */
void smartmsg_ruleset_decide(smartmsg_ruleset_t *set,
                             const smartmsg_context_t *context,
                             const smartmsg_seen_t *seen, int64_t now,
                             smartmsg_decision_t *decision);

/* Empties the decision; it may be released twice, and may be all zero. */
void smartmsg_decision_release(smartmsg_decision_t *decision);

#endif
