/*
 * The inside of an experiment.  Private to core/experiment*.c.
 */

#ifndef SMARTMSG_CORE_EXPERIMENT_INSIDE_H
#define SMARTMSG_CORE_EXPERIMENT_INSIDE_H

#include "core/sticky.h"
#include "core/targeting.h"

typedef struct {
    const char *key;
    const char *name;
    bool passthrough;
    char index[24];          /* the key where meta has none */
} smartmsg_variation_t;

struct smartmsg_experiment_s {
    json_t *source;
    char *key;
    size_t key_len;

    json_t *values;          /* of the variations, borrowed from source */
    smartmsg_variation_t *variations;
    size_t n_variations;

    smartmsg_range_t *ranges;
    size_t n_ranges;
    smartmsg_str_t seed;
    int hash_version;
    smartmsg_attribute_t attribute;
    smartmsg_attribute_t fallback;

    smartmsg_condition_t *condition;
    smartmsg_parents_t parents;
    smartmsg_filters_t filters;
    bool has_namespace;
    smartmsg_str_t namespace_id;
    smartmsg_range_t namespace_range;

    bool no_sticky;
    smartmsg_sticky_rule_t sticky;

    bool inactive;
    bool stopped;
    bool forced;
    int force;
};

#endif
