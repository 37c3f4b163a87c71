/*
 * Targeting conditions in the language of the GrowthBook SDKs: a JSON object
 * compiled once to a flat program, evaluated per request.
 *
 * Source of the semantics: the GrowthBook SDK specification and its JavaScript
 * SDK, whose coercion rules ("10" > 9, null > -1, {"n": 0} holds when n is
 * missing) are kept.
 */

#ifndef SMARTMSG_CORE_CONDITION_H
#define SMARTMSG_CORE_CONDITION_H

#include "core/error.h"
#include "core/facts.h"

/* Conditions nested deeper than this are refused. */
#define SMARTMSG_DEPTH_MAX 32

typedef struct smartmsg_condition_s smartmsg_condition_t;

/*
 * What a condition or a feature is compiled with.  names is needed, the rest
 * may be zero.
 */
typedef struct {
    /* Gets the names of all facts used; must outlive what is compiled. */
    smartmsg_names_t *names;

    /* Object id -> list, or id -> {"type": "list" | "condition", ...}. */
    json_t *saved_groups;

    /*
     * true: an unknown operator, a bad regex, an operand of the wrong type is
     * "no match", as in the SDKs.  false: it is an error.
     */
    bool lenient;

    /*
     * A group that is not among these is empty, not an error: it may come
     * later.
     */
    bool open_groups;

    /* Put before the path of an error, such as "rules[0].condition". */
    const char *path;
} smartmsg_compile_t;

/*
 * UNKNOWN comes only from facts that are not known (get() gave NULL): the
 * facts at hand neither rule the condition out nor fulfil it.
 */
typedef enum {
    SMARTMSG_NO = 0,
    SMARTMSG_YES = 1,
    SMARTMSG_UNKNOWN = 2
} smartmsg_verdict_t;

/*
 * NULL on error, then err (may be NULL) tells why.  Of condition and groups,
 * keeps references to what is large; neither may be changed later.
 */
smartmsg_condition_t *smartmsg_condition_compile(json_t *condition,
    const smartmsg_compile_t *with, smartmsg_error_t *err);

/* NULL is allowed. */
void smartmsg_condition_free(smartmsg_condition_t *condition);

/*
 * Asks only for the facts that are needed, tests the cheap things first.
 * Never fails; without memory a test that needs some is "no match".  Not for
 * two threads at a time on one condition.
 */
smartmsg_verdict_t smartmsg_condition_eval(
    const smartmsg_condition_t *condition, const smartmsg_facts_t *facts);

/*
 * The slots the condition may ask for, ascending, each once; *count is set.
 * Valid as long as the condition.
 */
const uint32_t *smartmsg_condition_slots(
    const smartmsg_condition_t *condition, size_t *count);

#endif
