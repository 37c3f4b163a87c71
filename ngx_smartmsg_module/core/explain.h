/*
 * Why a rule's definition does not apply: for people, not for requests.  Each
 * part of the definition is put to the engine on its own, so that an
 * explanation never disagrees with the decision.
 */

#ifndef SMARTMSG_CORE_EXPLAIN_H
#define SMARTMSG_CORE_EXPLAIN_H

#include "core/error.h"
#include "core/experiment.h"

typedef enum {
    SMARTMSG_EXPLAIN_APPLIES,
    SMARTMSG_EXPLAIN_CONDITION,      /* path, fact, op, expected */
    SMARTMSG_EXPLAIN_PREREQUISITE,   /* path, expected */
    SMARTMSG_EXPLAIN_FILTER,         /* path, fact */
    SMARTMSG_EXPLAIN_ROLLOUT,        /* path, fact, expected: the coverage */
    SMARTMSG_EXPLAIN_EXPERIMENT,     /* path, fact */
    SMARTMSG_EXPLAIN_NOTHING,        /* neither a value nor variations */
    SMARTMSG_EXPLAIN_NO_MEMORY
} smartmsg_explain_e;

/*
 * path is where the part that failed stands in the definition.  fact is the
 * name of the fact that was tested, empty if several are involved.  op is the
 * operator, "" for a plain value, which stands for equality.  expected is its
 * operand.  negated: the test holds, and it should not.  Strings and expected
 * are borrowed from the definition.
 */
typedef struct {
    smartmsg_explain_e why;
    smartmsg_path_t path;
    smartmsg_str_t fact;
    const char *op;
    const json_t *expected;
    bool negated;
} smartmsg_explanation_t;

/*
 * Explains entry `index` of the definition's "rules"; key is the feature's
 * key, names the table that the context's facts were made with.  The
 * definition is one that smartmsg_feature_compile() accepts.  out->why is
 * SMARTMSG_EXPLAIN_APPLIES if the entry decides.
 */
void smartmsg_explain_entry(smartmsg_str_t key, json_t *definition,
    size_t index, smartmsg_names_t *names, const smartmsg_context_t *context,
    smartmsg_explanation_t *out);

/*
 * Finds the first test, in the order of the text, that keeps a condition from
 * being fulfilled.  Of out everything is set; out->path grows from what it
 * holds.  False if there is none, or no memory (then why says so).
 */
bool smartmsg_explain_condition(json_t *condition, smartmsg_names_t *names,
    const smartmsg_facts_t *facts, smartmsg_explanation_t *out);

#endif
