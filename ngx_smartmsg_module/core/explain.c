#include "core/explain.h"

#include "core/feature.h"

typedef struct {
    smartmsg_names_t *names;
    const smartmsg_facts_t *facts;
    smartmsg_explanation_t *out;
} explainer_t;

static bool explain(const explainer_t *x, json_t *condition, bool negated);

static void no_memory(smartmsg_explanation_t *out)
{
    out->why = SMARTMSG_EXPLAIN_NO_MEMORY;
}

/* Whether the engine finds the condition fulfilled; it is given away. */
static bool holds(const explainer_t *x, json_t *condition)
{
    smartmsg_compile_t with = { .names = x->names, .lenient = true };
    smartmsg_condition_t *compiled = condition == NULL ? NULL
        : smartmsg_condition_compile(condition, &with, NULL);
    bool yes = false;

    if (compiled == NULL) {
        no_memory(x->out);
    } else {
        yes = smartmsg_condition_eval(compiled, x->facts) == SMARTMSG_YES;
    }

    smartmsg_condition_free(compiled);
    json_decref(condition);
    return yes;
}

/* {key: value}; NULL without memory. */
static json_t *single(const char *key, json_t *value)
{
    json_t *object = json_object();

    if (object != NULL && json_object_set(object, key, value) != 0) {
        json_decref(object);
        object = NULL;
    }

    return object;
}

/* {key: {op: operand}} */
static json_t *single_test(const char *key, const char *op, json_t *operand)
{
    json_t *test = single(op, operand);
    json_t *object = test != NULL ? single(key, test) : NULL;

    json_decref(test);
    return object;
}

static bool found(const explainer_t *x, const char *fact, const char *op,
    const json_t *expected, bool negated)
{
    smartmsg_explanation_t *out = x->out;

    out->fact = smartmsg_str(fact, strlen(fact));
    out->op = op;
    out->expected = expected;
    out->negated = negated;

    if (out->why != SMARTMSG_EXPLAIN_NO_MEMORY) {
        out->why = SMARTMSG_EXPLAIN_CONDITION;
    }

    return true;
}

static bool is_tests(const json_t *value)
{
    const char *key;
    json_t *member;

    json_object_foreach((json_t *) value, key, member) {
        return key[0] == '$';
    }

    return false;
}

/* The tests of one fact: a value, or an object of operators. */
static bool explain_fact(const explainer_t *x, const char *fact,
    json_t *value, bool negated)
{
    const char *op;
    json_t *operand;

    if (!is_tests(value) || (negated && json_object_size(value) > 1)) {
        return holds(x, single(fact, value)) == negated
               && found(x, fact, "", value, negated);
    }

    json_object_foreach(value, op, operand) {
        size_t former = smartmsg_path_key(&x->out->path, op);

        if (holds(x, single_test(fact, op, operand)) == negated) {
            return found(x, fact, op, operand, negated);
        }

        smartmsg_path_pop(&x->out->path, former);
    }

    return false;
}

/*
 * A list of conditions of which all must hold ($and), some ($or) or none
 * ($nor); negated turns that around.
 */
static bool explain_list(const explainer_t *x, const char *op, json_t *list,
    bool negated)
{
    bool each = strcmp(op, "$and") == 0 ? !negated
                                        : (strcmp(op, "$or") == 0) == negated;
    bool inner = strcmp(op, "$nor") == 0 ? !negated : negated;
    size_t i;
    json_t *item;

    /* of one that must hold, the failure of a single one says it all */
    if (!each && json_array_size(list) != 1) {
        return holds(x, single(op, list)) == negated
               && found(x, "", op, list, negated);
    }

    json_array_foreach(list, i, item) {
        size_t former = smartmsg_path_index(&x->out->path, i);

        if (explain(x, item, inner)) {
            return true;
        }

        smartmsg_path_pop(&x->out->path, former);
    }

    return false;
}

static bool explain_member(const explainer_t *x, const char *key,
    json_t *value, bool negated)
{
    if (strcmp(key, "$and") == 0 || strcmp(key, "$or") == 0
        || strcmp(key, "$nor") == 0)
    {
        return explain_list(x, key, value, negated);
    }

    if (strcmp(key, "$not") == 0) {
        return explain(x, value, !negated);
    }

    if (key[0] == '$') {
        return holds(x, single(key, value)) == negated
               && found(x, "", key, value, negated);
    }

    return explain_fact(x, key, value, negated);
}

/* negated: the condition should not hold. */
static bool explain(const explainer_t *x, json_t *condition, bool negated)
{
    const char *key;
    json_t *value;

    /* which of several members should have failed cannot be said */
    if (negated && json_object_size(condition) != 1) {
        return holds(x, json_incref(condition))
               && found(x, "", "", condition, true);
    }

    json_object_foreach(condition, key, value) {
        size_t former = smartmsg_path_key(&x->out->path, key);

        if (explain_member(x, key, value, negated)) {
            return true;
        }

        smartmsg_path_pop(&x->out->path, former);
    }

    return false;
}

bool smartmsg_explain_condition(json_t *condition, smartmsg_names_t *names,
    const smartmsg_facts_t *facts, smartmsg_explanation_t *out)
{
    explainer_t x = { names, facts, out };

    out->why = SMARTMSG_EXPLAIN_APPLIES;
    out->fact = smartmsg_str("", 0);
    out->op = "";
    out->expected = NULL;
    out->negated = false;

    return explain(&x, condition, false)
           && out->why != SMARTMSG_EXPLAIN_NO_MEMORY;
}

/* A part of an entry, which is asked for alone. */
typedef struct {
    smartmsg_str_t key;
    json_t *entry;
    smartmsg_names_t *names;
    const smartmsg_context_t *context;
    smartmsg_explanation_t *out;
} part_t;

/* Whether a feature made of the entry's members `names` gives its value. */
static bool passes(const part_t *part, const char *const *names)
{
    smartmsg_compile_t with = { .names = part->names, .lenient = true };
    smartmsg_feature_result_t result = { .source = SMARTMSG_SOURCE_DEFAULT };
    smartmsg_feature_t *feature = NULL;
    json_t *definition = json_pack("{s:[{s:b}]}", "rules", "force", 1);
    json_t *probe = json_array_get(json_object_get(definition, "rules"), 0);
    bool made = probe != NULL;

    for (; made && *names != NULL; names++) {
        json_t *member = json_object_get(part->entry, *names);

        made = member == NULL || json_object_set(probe, *names, member) == 0;
    }

    if (made) {
        feature = smartmsg_feature_compile(part->key, definition, &with, NULL);
    }

    if (feature != NULL) {
        smartmsg_feature_eval(feature, part->context, &result);
    } else {
        no_memory(part->out);
    }

    smartmsg_feature_free(feature);
    json_decref(definition);
    return result.source == SMARTMSG_SOURCE_FORCE;
}

static bool fails(const part_t *part, smartmsg_explain_e why,
    const char *const *names, const char *path)
{
    if (part->out->why == SMARTMSG_EXPLAIN_NO_MEMORY || passes(part, names)) {
        return false;
    }

    if (part->out->why != SMARTMSG_EXPLAIN_NO_MEMORY) {
        part->out->why = why;
    }

    if (path != NULL && json_object_get(part->entry, path) != NULL) {
        (void) smartmsg_path_key(&part->out->path, path);
        part->out->expected = json_object_get(part->entry, path);
    }

    return true;
}

static void name_attribute(const part_t *part)
{
    json_t *name = json_object_get(part->entry, "hashAttribute");

    part->out->fact = json_is_string(name) && json_string_length(name) > 0
        ? smartmsg_str(json_string_value(name), json_string_length(name))
        : SMARTMSG_STR("id");
}

static void explain_rollout(const part_t *part)
{
    static const char *const names[] = {
        "coverage", "range", "seed", "hashVersion", "hashAttribute",
        "fallbackAttribute", "disableStickyBucketing", NULL
    };
    const char *path = json_object_get(part->entry, "range") != NULL
                       ? "range" : "coverage";

    if (fails(part, SMARTMSG_EXPLAIN_ROLLOUT, names, path)) {
        name_attribute(part);
    }
}

static void explain_experiment(const part_t *part)
{
    smartmsg_compile_t with = { .names = part->names, .lenient = true };
    smartmsg_assignment_t assignment = { .in_experiment = false };
    smartmsg_experiment_t *experiment;

    experiment = smartmsg_experiment_compile(part->entry, part->key, &with,
                                             NULL);
    if (experiment == NULL) {
        no_memory(part->out);
        return;
    }

    smartmsg_experiment_run(experiment, part->context, &assignment);

    if (!assignment.in_experiment || assignment.passthrough) {
        part->out->why = SMARTMSG_EXPLAIN_EXPERIMENT;
        name_attribute(part);
    }

    smartmsg_experiment_free(experiment);
}

/* The condition as a whole fails: by which of its tests? */
static void explain_part(const part_t *part)
{
    json_t *condition = json_object_get(part->entry, "condition");
    smartmsg_explanation_t *out = part->out;
    smartmsg_path_t path = out->path;

    if (!smartmsg_explain_condition(condition, part->names,
                                    part->context->facts, out)
        && out->why != SMARTMSG_EXPLAIN_NO_MEMORY)
    {
        /* no single test is to blame */
        out->why = SMARTMSG_EXPLAIN_CONDITION;
        out->path = path;
        out->expected = condition;
    }
}

void smartmsg_explain_entry(smartmsg_str_t key, json_t *definition,
    size_t index, smartmsg_names_t *names, const smartmsg_context_t *context,
    smartmsg_explanation_t *out)
{
    static const char *const parents[] = { "parentConditions", NULL };
    static const char *const filters[] = { "filters", NULL };
    static const char *const condition[] = { "condition", NULL };
    json_t *entry = json_array_get(json_object_get(definition, "rules"),
                                   index);
    part_t part = { key, entry, names, context, out };

    memset(out, 0, sizeof(*out));
    out->op = "";
    (void) smartmsg_path_key(&out->path, "rules");
    (void) smartmsg_path_index(&out->path, index);

    if (fails(&part, SMARTMSG_EXPLAIN_PREREQUISITE, parents,
              "parentConditions")
        || fails(&part, SMARTMSG_EXPLAIN_FILTER, filters, "filters"))
    {
        return;
    }

    if (fails(&part, SMARTMSG_EXPLAIN_CONDITION, condition, "condition")) {
        explain_part(&part);

    } else if (out->why == SMARTMSG_EXPLAIN_NO_MEMORY) {
        return;

    } else if (json_object_get(entry, "force") != NULL) {
        explain_rollout(&part);

    } else if (json_object_get(entry, "variations") != NULL) {
        explain_experiment(&part);

    } else {
        out->why = SMARTMSG_EXPLAIN_NOTHING;
    }
}
