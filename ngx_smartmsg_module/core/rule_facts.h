/*
 * The facts that a rule needs: those that its conditions ask for, and those
 * that the moments of its messages depend on.
 */

#ifndef SMARTMSG_CORE_RULE_FACTS_H
#define SMARTMSG_CORE_RULE_FACTS_H

#include <stdbool.h>

#include "core/names.h"
#include "core/when.h"

/* SMARTMSG_NO_SLOT where no message of the rule needs it. */
typedef struct {
    uint32_t views;     /* session.views */
    uint32_t seconds;   /* session.seconds */
    uint32_t items;     /* cart.items */
    uint32_t value;     /* cart.value */
} smartmsg_moment_slots_t;

typedef struct {
    uint32_t *slots;    /* ascending, each once */
    size_t n;
    smartmsg_moment_slots_t moments;
} smartmsg_rule_facts_t;

/*
 * Collects the n slots of conditions (ascending, each once) and those of what
 * messages need, SMARTMSG_WHEN_... False without memory. Free with
 * smartmsg_rule_facts_free().
 */
bool smartmsg_rule_facts_init(smartmsg_rule_facts_t *facts,
                              const uint32_t *slots, size_t n, unsigned needs,
                              smartmsg_names_t *names);

/* Does nothing for facts that are all zero. */
void smartmsg_rule_facts_free(smartmsg_rule_facts_t *facts);

#endif
