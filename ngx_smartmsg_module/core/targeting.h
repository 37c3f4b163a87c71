/*
 * What features and experiments share: the attribute that is hashed, filters,
 * prerequisites.
 */

#ifndef SMARTMSG_CORE_TARGETING_H
#define SMARTMSG_CORE_TARGETING_H

#include "core/experiment.h"
#include "core/reader.h"

/* A fact that identifies the visitor. */
typedef struct {
    smartmsg_str_t name;     /* borrowed from the definition; empty: none */
    uint32_t slot;
} smartmsg_attribute_t;

/* absent: the name where the member is missing; NULL = none. */
bool smartmsg_attribute_read(smartmsg_reader_t *r, const json_t *object,
    const char *name, const char *absent, smartmsg_attribute_t *out);

/* The value; an empty string instead of anything that is false in JS. */
smartmsg_value_t smartmsg_attribute_value(
    const smartmsg_attribute_t *attribute, const smartmsg_facts_t *facts);

/* Whether it is not empty. */
bool smartmsg_attribute_present(const smartmsg_value_t *value);

/* The hash of a value as text; -1 for a bad version (or without memory). */
double smartmsg_attribute_hash(smartmsg_str_t seed,
    const smartmsg_value_t *value, int version);

typedef struct {
    smartmsg_attribute_t attribute;
    smartmsg_str_t seed;
    int version;
    smartmsg_range_t *ranges;
    size_t n_ranges;
} smartmsg_filter_t;

typedef struct {
    smartmsg_filter_t *list;
    size_t count;
    bool present;
} smartmsg_filters_t;

bool smartmsg_filters_read(smartmsg_reader_t *r, const json_t *object,
    smartmsg_filters_t *out);
void smartmsg_filters_free(smartmsg_filters_t *filters);

/* Whether the visitor passes all filters. */
bool smartmsg_filters_pass(const smartmsg_filters_t *filters,
    const smartmsg_facts_t *facts);

/* Adds the slots that filters ask for to slots[*count]; there is room. */
void smartmsg_filters_slots(const smartmsg_filters_t *filters,
    uint32_t *slots, size_t *count);

/*
 * The features being evaluated, innermost first.  Prerequisites nested deeper
 * than SMARTMSG_DEPTH_MAX, or more than SMARTMSG_PARENT_EVALS_MAX of them in
 * one evaluation, count as a circle.
 */
#define SMARTMSG_PARENT_EVALS_MAX 1000

typedef struct smartmsg_stack_s {
    const struct smartmsg_stack_s *outer;
    smartmsg_str_t key;
    int depth;
    unsigned *budget;         /* evaluations left */
} smartmsg_stack_t;

typedef struct {
    smartmsg_str_t key;
    smartmsg_condition_t *condition;
    bool gate;
} smartmsg_parent_t;

typedef struct {
    smartmsg_parent_t *list;
    size_t count;
    smartmsg_names_t *names;  /* of the conditions: "value", "value.x" */
} smartmsg_parents_t;

typedef enum {
    SMARTMSG_PARENTS_PASS,
    SMARTMSG_PARENTS_FAIL,
    SMARTMSG_PARENTS_GATE,    /* the one that fails closes the feature */
    SMARTMSG_PARENTS_CYCLE
} smartmsg_parents_verdict_t;

bool smartmsg_parents_read(smartmsg_reader_t *r, const json_t *object,
    smartmsg_parents_t *out);
void smartmsg_parents_free(smartmsg_parents_t *parents);
smartmsg_parents_verdict_t smartmsg_parents_eval(
    const smartmsg_parents_t *parents, const smartmsg_context_t *context,
    const smartmsg_stack_t *stack);

/* Private parts of core/experiment*.c that features use. */

/* of_rule: definition is a rule, which knows fewer members. */
smartmsg_experiment_t *smartmsg_experiment_read(smartmsg_reader_t *r,
    json_t *definition, smartmsg_str_t default_key, bool of_rule);
void smartmsg_experiment_run_in(const smartmsg_experiment_t *experiment,
    const smartmsg_context_t *context, const smartmsg_stack_t *stack,
    smartmsg_assignment_t *assignment);

/* How many slots the experiment may ask for, and which. */
size_t smartmsg_experiment_slot_count(
    const smartmsg_experiment_t *experiment);
void smartmsg_experiment_slots(const smartmsg_experiment_t *experiment,
    uint32_t *slots, size_t *count);
const smartmsg_condition_t *smartmsg_experiment_condition(
    const smartmsg_experiment_t *experiment);

/* Whether assignments are remembered, if there is a place for them. */
bool smartmsg_experiment_sticky(const smartmsg_experiment_t *experiment);

#endif
