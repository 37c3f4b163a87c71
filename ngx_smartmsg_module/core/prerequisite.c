#include <stdlib.h>

#include "core/feature.h"
#include "core/feature_eval.h"
#include "core/targeting.h"

static bool read_parent(smartmsg_reader_t *r, const json_t *object,
    smartmsg_names_t *names, smartmsg_parent_t *out)
{
    smartmsg_compile_t with = *r->with;
    smartmsg_reader_t inside = *r;

    with.names = names;
    inside.with = &with;

    if (!smartmsg_read_string(r, object, "id", &out->key)
        || !smartmsg_read_boolean(r, object, "gate", &out->gate)
        || !smartmsg_read_condition(&inside, object, "condition",
                                    &out->condition))
    {
        return false;
    }

    if (out->key.len == 0 && !r->with->lenient) {
        smartmsg_error_set(r->err, r->path.text, "id is missing");
        return false;
    }

    return true;
}

bool smartmsg_parents_read(smartmsg_reader_t *r, const json_t *object,
    smartmsg_parents_t *out)
{
    json_t *list;
    size_t outer, i;
    json_t *item;

    memset(out, 0, sizeof(*out));

    if (!smartmsg_read_json(r, object, "parentConditions", true, &list)) {
        return false;
    }

    if (json_array_size(list) == 0) {
        return true;
    }

    out->names = smartmsg_names_create();
    out->list = calloc(json_array_size(list), sizeof(*out->list));
    if (out->names == NULL || out->list == NULL) {
        return smartmsg_read_no_memory(r);
    }

    outer = smartmsg_path_key(&r->path, "parentConditions");

    json_array_foreach(list, i, item) {
        size_t former = smartmsg_path_index(&r->path, i);

        out->count = i + 1;
        if (!read_parent(r, item, out->names, &out->list[i])) {
            return false;
        }

        smartmsg_path_pop(&r->path, former);
    }

    smartmsg_path_pop(&r->path, outer);
    return true;
}

void smartmsg_parents_free(smartmsg_parents_t *parents)
{
    for (size_t i = 0; i < parents->count; i++) {
        smartmsg_condition_free(parents->list[i].condition);
    }

    free(parents->list);
    smartmsg_names_destroy(parents->names);
}

/* The parent's value as the only fact. */
typedef struct {
    const smartmsg_names_t *names;
    const smartmsg_feature_result_t *result;
    smartmsg_value_t last;
} parent_facts_t;

static const json_t *value_of(const smartmsg_feature_result_t *result)
{
    return result->feature != NULL
           ? smartmsg_feature_contents(result->feature, result->value)
           : result->value;
}

static const smartmsg_value_t *parent_fact(void *data, uint32_t slot)
{
    parent_facts_t *from = data;
    smartmsg_str_t name = smartmsg_names_name(from->names, slot);

    if (smartmsg_str_eq(name, SMARTMSG_STR("value"))) {
        from->last = smartmsg_value_from_json(value_of(from->result));

    } else if (name.len > 6 && memcmp(name.data, "value.", 6) == 0) {
        from->last = smartmsg_value_at(value_of(from->result),
                                       smartmsg_str(name.data + 6,
                                                    name.len - 6));

    } else {
        from->last = smartmsg_value_missing();
    }

    return &from->last;
}

static bool holds(const smartmsg_parents_t *parents,
    const smartmsg_parent_t *parent, const smartmsg_feature_result_t *result)
{
    parent_facts_t from = { parents->names, result,
                            smartmsg_value_missing() };
    smartmsg_facts_t facts = { .get = parent_fact, .data = &from };

    return parent->condition == NULL
           || smartmsg_condition_eval(parent->condition, &facts)
              == SMARTMSG_YES;
}

smartmsg_parents_verdict_t smartmsg_parents_eval(
    const smartmsg_parents_t *parents, const smartmsg_context_t *context,
    const smartmsg_stack_t *stack)
{
    smartmsg_feature_result_t result;

    for (size_t i = 0; i < parents->count; i++) {
        const smartmsg_parent_t *parent = &parents->list[i];

        smartmsg_feature_eval_in(parent->key, NULL, context, stack, &result);

        if (result.source == SMARTMSG_SOURCE_CYCLIC) {
            return SMARTMSG_PARENTS_CYCLE;
        }

        if (!holds(parents, parent, &result)) {
            return parent->gate ? SMARTMSG_PARENTS_GATE
                                : SMARTMSG_PARENTS_FAIL;
        }
    }

    return SMARTMSG_PARENTS_PASS;
}
