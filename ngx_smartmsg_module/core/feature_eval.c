#include "core/feature_eval.h"

#include "core/feature_inside.h"

static void set(smartmsg_feature_result_t *result, const json_t *value,
    smartmsg_source_t source)
{
    result->value = value != NULL ? value : json_null();
    result->source = source;
}

static bool in_rollout(const smartmsg_rollout_t *rollout,
    const smartmsg_context_t *context)
{
    smartmsg_value_t value;
    double n;

    if (!rollout->has_range
        && (!rollout->has_coverage || rollout->coverage == 0))
    {
        return !rollout->has_coverage;
    }

    value = smartmsg_attribute_value(&rollout->attribute, context->facts);

    if (!smartmsg_attribute_present(&value) && context->sticky != NULL
        && !rollout->no_sticky)
    {
        value = smartmsg_attribute_value(&rollout->fallback, context->facts);
    }

    if (!smartmsg_attribute_present(&value)) {
        return false;
    }

    n = smartmsg_attribute_hash(rollout->seed, &value, rollout->hash_version);
    if (n < 0) {
        return false;
    }

    return rollout->has_range ? smartmsg_in_range(n, rollout->range)
                              : n <= rollout->coverage;
}

static bool force_applies(const smartmsg_feature_rule_t *rule,
    const smartmsg_context_t *context)
{
    return (rule->condition == NULL || rule->condition == context->holds
            || smartmsg_condition_eval(rule->condition, context->facts)
               == SMARTMSG_YES)
           && in_rollout(&rule->rollout, context);
}

/* Whether the rule decides; then result is set. */
static bool apply(const smartmsg_feature_rule_t *rule,
    const smartmsg_context_t *context, const smartmsg_stack_t *stack,
    smartmsg_feature_result_t *result)
{
    switch (smartmsg_parents_eval(&rule->parents, context, stack)) {
    case SMARTMSG_PARENTS_CYCLE:
        set(result, NULL, SMARTMSG_SOURCE_CYCLIC);
        return true;
    case SMARTMSG_PARENTS_GATE:
        set(result, NULL, SMARTMSG_SOURCE_PREREQUISITE);
        return true;
    case SMARTMSG_PARENTS_FAIL:
        return false;
    case SMARTMSG_PARENTS_PASS:
        break;
    }

    if (!smartmsg_filters_pass(&rule->filters, context->facts)) {
        return false;
    }

    if (rule->force != NULL) {
        if (!force_applies(rule, context)) {
            return false;
        }

        set(result, rule->force, SMARTMSG_SOURCE_FORCE);
        result->rule_id = rule->id;
        return true;
    }

    if (rule->experiment == NULL) {
        return false;
    }

    smartmsg_experiment_run_in(rule->experiment, context, stack,
                               &result->assignment);

    if (!result->assignment.in_experiment || result->assignment.passthrough) {
        return false;
    }

    set(result, result->assignment.value, SMARTMSG_SOURCE_EXPERIMENT);
    result->rule_id = rule->id;
    result->experiment = rule->experiment;
    return true;
}

static void eval(const smartmsg_feature_t *feature,
    const smartmsg_context_t *context, const smartmsg_stack_t *stack,
    smartmsg_feature_result_t *result)
{
    for (size_t i = 0; i < feature->n_rules; i++) {
        if (apply(&feature->rules[i], context, stack, result)) {
            result->rule = (int) i;
            return;
        }
    }

    memset(result, 0, sizeof(*result));
    result->rule = -1;
    result->rule_id = "";
    set(result, feature->default_value, SMARTMSG_SOURCE_DEFAULT);
}

/* Whether key is being evaluated, or the limits are reached. */
static bool is_cycle(const smartmsg_stack_t *stack, smartmsg_str_t key)
{
    if (stack->depth == SMARTMSG_DEPTH_MAX || *stack->budget == 0) {
        return true;
    }

    for (; stack != NULL; stack = stack->outer) {
        /* the outermost is no feature */
        if (stack->outer != NULL && smartmsg_str_eq(stack->key, key)) {
            return true;
        }
    }

    return false;
}

void smartmsg_feature_eval_in(smartmsg_str_t key,
    const smartmsg_feature_t *feature, const smartmsg_context_t *context,
    const smartmsg_stack_t *stack, smartmsg_feature_result_t *result)
{
    smartmsg_stack_t inside = { stack, key, stack->depth + 1, stack->budget };
    const json_t *forced = NULL;

    memset(result, 0, sizeof(*result));
    result->rule = -1;
    result->rule_id = "";

    if (is_cycle(stack, key)) {
        set(result, NULL, SMARTMSG_SOURCE_CYCLIC);
        return;
    }

    (*stack->budget)--;

    if (context->forced_features != NULL) {
        forced = json_object_getn(context->forced_features, key.data, key.len);
    }

    if (forced != NULL) {
        set(result, forced, SMARTMSG_SOURCE_OVERRIDE);
        return;
    }

    if (feature == NULL && context->resolve != NULL) {
        feature = context->resolve(context->resolve_data, key);
    }

    if (feature == NULL) {
        set(result, NULL, SMARTMSG_SOURCE_UNKNOWN);
        return;
    }

    eval(feature, context, &inside, result);
    result->feature = feature;
}

void smartmsg_feature_eval(const smartmsg_feature_t *feature,
    const smartmsg_context_t *context, smartmsg_feature_result_t *result)
{
    unsigned budget = SMARTMSG_PARENT_EVALS_MAX;
    smartmsg_stack_t stack = { NULL, { NULL, 0 }, 0, &budget };

    smartmsg_feature_eval_in(smartmsg_str(feature->key, feature->key_len),
                             feature, context, &stack, result);
}

void smartmsg_feature_eval_key(smartmsg_str_t key,
    const smartmsg_context_t *context, smartmsg_feature_result_t *result)
{
    unsigned budget = SMARTMSG_PARENT_EVALS_MAX;
    smartmsg_stack_t stack = { NULL, { NULL, 0 }, 0, &budget };

    smartmsg_feature_eval_in(key, NULL, context, &stack, result);
}

/* NULL too for one that does not always count. */
static const smartmsg_condition_t *condition_of(
    const smartmsg_feature_rule_t *rule)
{
    if (rule->experiment == NULL) {
        return rule->condition;
    }

    /* who was given a variation keeps it, whatever the condition says */
    return smartmsg_experiment_sticky(rule->experiment)
           ? NULL : smartmsg_experiment_condition(rule->experiment);
}

const smartmsg_condition_t *smartmsg_feature_gate(
    const smartmsg_feature_t *feature)
{
    const smartmsg_feature_rule_t *only = NULL;

    for (size_t i = 0; i < feature->n_rules; i++) {
        const smartmsg_feature_rule_t *rule = &feature->rules[i];

        /* the others have no value: at most their gates are closed */
        if (rule->force == NULL && rule->experiment == NULL) {
            continue;
        }

        if (only != NULL) {
            return NULL;
        }

        only = rule;
    }

    return only != NULL && json_is_null(feature->default_value)
           ? condition_of(only) : NULL;
}

bool smartmsg_feature_possible(const smartmsg_feature_t *feature,
    const smartmsg_facts_t *facts)
{
    if (!json_is_null(feature->default_value)) {
        return true;
    }

    for (size_t i = 0; i < feature->n_rules; i++) {
        const smartmsg_feature_rule_t *rule = &feature->rules[i];
        const smartmsg_condition_t *condition = rule->condition;

        if (rule->force == NULL && rule->experiment == NULL) {
            continue;
        }

        if (rule->experiment != NULL) {
            condition = smartmsg_experiment_condition(rule->experiment);
        }

        if (condition == NULL
            || smartmsg_condition_eval(condition, facts) != SMARTMSG_NO)
        {
            return true;
        }
    }

    return false;
}

const char *smartmsg_source_name(smartmsg_source_t source)
{
    static const char *const names[] = {
        "defaultValue", "force", "experiment", "override", "prerequisite",
        "cyclicPrerequisite", "unknownFeature"
    };

    return names[source];
}
