/*
 * The page that a preview link asks for: its message, and the trace.
 */

#ifndef SMARTMSG_CORE_PREVIEW_PAGE_H
#define SMARTMSG_CORE_PREVIEW_PAGE_H

#include "core/catalog.h"
#include "core/preview.h"
#include "core/trace.h"

/* Rows of a trace; there may be more rules. */
#define SMARTMSG_PREVIEW_ROWS_MAX 500

typedef enum {
    SMARTMSG_PREVIEW_SHOWN,
    SMARTMSG_PREVIEW_NO_RULE,
    SMARTMSG_PREVIEW_NO_VARIATION,
    SMARTMSG_PREVIEW_NO_MESSAGE
} smartmsg_preview_e;

/*
 * Arms the message of one rule, and no other, with all of its triggers: that
 * of the variation, else the one that the rule gives for this page, else its
 * first. Switches, dates, conditions and limits make no difference.
 * Overwrites *decision, see smartmsg_ruleset_decide().
 */
smartmsg_preview_e smartmsg_preview_decide(smartmsg_ruleset_t *set,
                                           const smartmsg_context_t *context,
                                           const smartmsg_preview_t *preview,
                                           smartmsg_decision_t *decision);

/*
 * {"preview": RULE, "outcome": TEXT, "rules": [{"rule", "chosen", "why"}]}: a
 * row for each rule in the order of asking, and for those of which Redis has
 * no good text. `chosen` are the triggers that it was given, by the decision
 * of trace, which is that of a page without the link. NULL without memory.
 */
json_t *smartmsg_preview_trace(const smartmsg_trace_t *trace,
                               const smartmsg_catalog_t *catalog,
                               const smartmsg_preview_t *preview,
                               smartmsg_preview_e outcome);

#endif
