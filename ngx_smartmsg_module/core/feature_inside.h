/*
 * The inside of a feature.  Private to core/feature*.c.
 */

#ifndef SMARTMSG_CORE_FEATURE_INSIDE_H
#define SMARTMSG_CORE_FEATURE_INSIDE_H

#include "core/feature.h"
#include "core/targeting.h"

/* A percentage rollout. */
typedef struct {
    bool has_range;
    smartmsg_range_t range;
    bool has_coverage;
    double coverage;
    smartmsg_str_t seed;
    int hash_version;
    smartmsg_attribute_t attribute;
    smartmsg_attribute_t fallback;
    bool no_sticky;
} smartmsg_rollout_t;

typedef struct {
    const char *id;
    smartmsg_parents_t parents;
    smartmsg_filters_t filters;
    smartmsg_condition_t *condition;

    /* a forced value with its rollout, or an experiment, or neither */
    const json_t *force;
    smartmsg_rollout_t rollout;
    smartmsg_experiment_t *experiment;
} smartmsg_feature_rule_t;

struct smartmsg_feature_s {
    json_t *source;
    smartmsg_str_t text;     /* of a feature that was shrunk, else empty */
    json_t *whole;           /* what it says, once that has been asked */
    char *key;
    size_t key_len;
    const json_t *default_value;
    smartmsg_feature_rule_t *rules;
    size_t n_rules;
    uint32_t *slots;
    size_t n_slots;
};

#endif
