/*
 * Which rules are worth asking on a page of some type.  Private to
 * core/ruleset.c.
 */

#ifndef SMARTMSG_CORE_PAGE_INDEX_H
#define SMARTMSG_CORE_PAGE_INDEX_H

#include "core/facts.h"
#include "core/rule.h"

/* Types of pages that are remembered; the one not used longest is given up. */
#define SMARTMSG_PAGE_TYPES_MAX  64

/* Pages of a type with a longer name are not looked up. */
#define SMARTMSG_PAGE_TYPE_MAX   64

typedef struct smartmsg_page_index_s smartmsg_page_index_t;

/*
 * A rule, and what mostly tells that it has no message: one look at the list,
 * and none at the rule.
 */
typedef struct {
    const smartmsg_rule_t *rule;
    const smartmsg_condition_t *gate;   /* smartmsg_feature_gate() */
    smartmsg_trigger_set_t kinds;
    bool seasonal;
} smartmsg_asked_t;

/* Rules in the order of asking, borrowed. */
typedef struct {
    const smartmsg_asked_t *list;
    size_t n;
} smartmsg_rules_t;

/* NULL without memory. */
smartmsg_page_index_t *smartmsg_page_index_new(void);

/* NULL is allowed. */
void smartmsg_page_index_free(smartmsg_page_index_t *index);

/*
 * Those of all rules that are not ruled out by the fact "page.type", of which
 * slot is the number; looked for once for each type.  Without memory, or if
 * nothing can be said about the type: all.  The answer is good until the next
 * question.
 */
smartmsg_rules_t smartmsg_page_index_select(smartmsg_page_index_t *index,
    smartmsg_rules_t all, uint32_t slot, const smartmsg_facts_t *facts);

#endif
