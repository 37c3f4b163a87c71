/*
 * Features in the sense of the GrowthBook SDKs: rules that lead to a value,
 * by force, by rollout or by experiment.
 */

#ifndef SMARTMSG_CORE_FEATURE_H
#define SMARTMSG_CORE_FEATURE_H

#include "core/condition.h"
#include "core/experiment.h"

typedef struct smartmsg_feature_s smartmsg_feature_t;

typedef enum {
    SMARTMSG_SOURCE_DEFAULT = 0,  /* no rule applied: defaultValue */
    SMARTMSG_SOURCE_FORCE,
    SMARTMSG_SOURCE_EXPERIMENT,
    SMARTMSG_SOURCE_OVERRIDE,  /* forced_features */
    SMARTMSG_SOURCE_PREREQUISITE,  /* a gate is closed: value is null */
    SMARTMSG_SOURCE_CYCLIC,  /* prerequisites in a circle */
    SMARTMSG_SOURCE_UNKNOWN  /* no such feature */
} smartmsg_source_t;

typedef struct {
    /* Borrowed from the feature, never NULL (JSON null instead). */
    const json_t *value;

    /* The feature; NULL if it was not asked: then value is not one of its. */
    const smartmsg_feature_t *feature;
    smartmsg_source_t source;

    /* The rule's id, "" if it has none or no rule applied. */
    const char *rule_id;

    /* The rule's index in rules[], -1 if no rule applied. */
    int rule;

    /* NULL unless source is EXPERIMENT. */
    const smartmsg_experiment_t *experiment;
    smartmsg_assignment_t assignment;
} smartmsg_feature_result_t;

/*
 * key is the feature's key (rule id); it seeds rollouts and names
 * experiments, and is copied.  Keeps a reference to definition, which may not
 * be changed later.  Unknown members are ignored.  NULL on error.  The path in
 * an error starts at the definition ("rules[0].condition.cart.value.$gt").
 */
smartmsg_feature_t *smartmsg_feature_compile(smartmsg_str_t key,
    json_t *definition, const smartmsg_compile_t *with,
    smartmsg_error_t *err);

/*
 * Makes the feature small, for an owner who has what the values mean: each
 * that is not null becomes a mere number, and all that is no longer needed of
 * the definition, which nobody else may use, goes.  text is the definition's
 * JSON and lives longer than the feature: should a prerequisite ask what is in
 * a value, it is read again.  False without memory: then the feature is good
 * for smartmsg_feature_free() only.
 */
bool smartmsg_feature_shrink(smartmsg_feature_t *feature, smartmsg_str_t text);

/*
 * What a value of the feature was before that, borrowed; the value itself if
 * it is none of the feature's, NULL without memory.
 */
const json_t *smartmsg_feature_contents(const smartmsg_feature_t *feature,
    const json_t *value);

/* NULL is allowed. */
void smartmsg_feature_free(smartmsg_feature_t *feature);

/* Never fails. */
void smartmsg_feature_eval(const smartmsg_feature_t *feature,
    const smartmsg_context_t *context, smartmsg_feature_result_t *result);

/* The same for the feature that context->resolve() finds. */
void smartmsg_feature_eval_key(smartmsg_str_t key,
    const smartmsg_context_t *context, smartmsg_feature_result_t *result);

/*
 * Whether, with what is known of the facts, some rule may still apply.  Looks
 * at the conditions of the rules only; facts that are not known (NULL) count
 * as "may be".  For sorting rules out early, such as by page type.  It is true
 * for a feature whose defaultValue is not null.
 */
bool smartmsg_feature_possible(const smartmsg_feature_t *feature,
    const smartmsg_facts_t *facts);

/*
 * The condition without which the feature is null, for those who want to know
 * that soon; NULL: there is no such single condition.  It says nothing where
 * values are forced from outside.
 */
const smartmsg_condition_t *smartmsg_feature_gate(
    const smartmsg_feature_t *feature);

/* The slots the feature may ask for, ascending, each once. */
const uint32_t *smartmsg_feature_slots(const smartmsg_feature_t *feature,
    size_t *count);

/*
 * Every value the feature can yield, in the order of the document: index 0 is
 * defaultValue (JSON null if absent), then per rule its force value or its
 * variations.  *path (may be NULL) gets the JSON path of the value.  NULL
 * after the last one.
 */
const json_t *smartmsg_feature_value(const smartmsg_feature_t *feature,
    size_t index, smartmsg_path_t *path);

/*
 * The value of a variation: of the first experiment that has one with this
 * key. NULL if there is none.
 */
const json_t *smartmsg_feature_variation(const smartmsg_feature_t *feature,
    smartmsg_str_t key);

/* "defaultValue", "force", "experiment" ... as in the SDKs. */
const char *smartmsg_source_name(smartmsg_source_t source);

#endif
