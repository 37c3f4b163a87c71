/*
 * Experiments: which variation a visitor gets, and why.
 */

#ifndef SMARTMSG_CORE_EXPERIMENT_H
#define SMARTMSG_CORE_EXPERIMENT_H

#include "core/condition.h"
#include "core/hash.h"

typedef struct smartmsg_experiment_s smartmsg_experiment_t;

/*
 * Where assignments are kept, so that a visitor stays in his variation when
 * weights or targeting change.  experiment is the key with the bucket version
 * appended ("prices__0").
 */
typedef struct {
    smartmsg_str_t attribute;  /* name, such as "id" */
    smartmsg_str_t value;  /* of the visitor's attribute */
    smartmsg_str_t experiment;
} smartmsg_sticky_key_t;

typedef struct {
    /* Returns true and sets *variation if there is an assignment. */
    bool (*get)(void *data, const smartmsg_sticky_key_t *key,
        smartmsg_str_t *variation);

    /* Called only when the assignment is new or has changed. */
    void (*put)(void *data, const smartmsg_sticky_key_t *key,
        smartmsg_str_t variation);

    void *data;
} smartmsg_sticky_t;

/* Forward: core/feature.h. */
struct smartmsg_feature_s;

/* What an evaluation works with; only facts is needed, the rest may be 0. */
typedef struct smartmsg_context_s {
    const smartmsg_facts_t *facts;

    /* Finds the feature a prerequisite names; NULL if there is none. */
    const struct smartmsg_feature_s *(*resolve)(void *data,
        smartmsg_str_t key);
    void *resolve_data;

    /* NULL: no sticky buckets, and fallbackAttribute has no effect. */
    const smartmsg_sticky_t *sticky;

    /* Objects experiment key -> variation index, feature key -> value. */
    const json_t *forced_variations;
    const json_t *forced_features;

    /*
     * The page's URL.  With it "?EXPERIMENT=1" in the address forces a
     * variation, as in the SDKs; empty: visitors cannot do that.
     */
    smartmsg_str_t url;

    /*
     * NULL: the visitor is known. Else facts->get() sets it when it is asked
     * for something that only a known visitor has.
     */
    bool *personal;

    /* A condition that is known to hold, and is not asked again. */
    const smartmsg_condition_t *holds;

    /* Nobody is in an experiment. */
    bool disabled;
    bool qa_mode;
} smartmsg_context_t;

/* The outcome.  All pointers are borrowed from the experiment or a fact. */
typedef struct {
    int variation;  /* index, 0 if not in_experiment */
    const char *key;  /* meta key or the index as text */
    const char *name;  /* meta name or NULL */
    const json_t *value;
    bool in_experiment;
    bool hash_used;
    bool sticky_used;
    bool passthrough;
    double bucket;  /* -1: none */
    smartmsg_str_t hash_attribute;
    smartmsg_value_t hash_value;
} smartmsg_assignment_t;

/*
 * Compiles an inline experiment, or a rule of a feature that has variations.
 * default_key (copied) is used where definition has no "key".  NULL on error.
 */
smartmsg_experiment_t *smartmsg_experiment_compile(json_t *definition,
    smartmsg_str_t default_key, const smartmsg_compile_t *with,
    smartmsg_error_t *err);

/* NULL is allowed. */
void smartmsg_experiment_free(smartmsg_experiment_t *experiment);

/* Never fails. */
void smartmsg_experiment_run(const smartmsg_experiment_t *experiment,
    const smartmsg_context_t *context, smartmsg_assignment_t *assignment);

/* The value of the variation with this key, borrowed; NULL: none has it. */
const json_t *smartmsg_experiment_variation(
    const smartmsg_experiment_t *experiment, smartmsg_str_t key);

/* The experiment's key. */
smartmsg_str_t smartmsg_experiment_key(
    const smartmsg_experiment_t *experiment);

#endif
