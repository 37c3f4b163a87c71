#include "core/feature.h"

#include <stdlib.h>

#include "core/feature_inside.h"

static bool read_rollout(smartmsg_reader_t *r, const json_t *object,
    smartmsg_str_t key, smartmsg_rollout_t *out)
{
    out->coverage = -1;
    out->seed = key;

    if (!smartmsg_read_range(r, object, "range", &out->range, &out->has_range)
        || !smartmsg_read_number(r, object, "coverage", &out->coverage)
        || !smartmsg_read_string(r, object, "seed", &out->seed)
        || !smartmsg_read_integer(r, object, "hashVersion",
                                  &out->hash_version)
        || !smartmsg_read_boolean(r, object, "disableStickyBucketing",
                                  &out->no_sticky)
        || !smartmsg_attribute_read(r, object, "hashAttribute", "id",
                                    &out->attribute)
        || !smartmsg_attribute_read(r, object, "fallbackAttribute", NULL,
                                    &out->fallback))
    {
        return false;
    }

    out->has_coverage = json_is_number(json_object_get(object, "coverage"));

    if (out->hash_version == 0) {
        out->hash_version = 1;
    }

    return true;
}

static bool read_rule(smartmsg_reader_t *r, json_t *object,
    smartmsg_str_t key, smartmsg_feature_rule_t *out)
{
    smartmsg_str_t id = smartmsg_str("", 0);

    if (!json_is_object(object)) {
        if (!r->with->lenient) {
            smartmsg_error_set(r->err, r->path.text,
                               "a rule must be an object");
        }
        return r->with->lenient;
    }

    if (!smartmsg_read_string(r, object, "id", &id)
        || !smartmsg_parents_read(r, object, &out->parents)
        || !smartmsg_filters_read(r, object, &out->filters))
    {
        return false;
    }

    out->id = id.data;
    out->force = json_object_get(object, "force");

    if (out->force != NULL) {
        return smartmsg_read_condition(r, object, "condition", &out->condition)
               && read_rollout(r, object, key, &out->rollout);
    }

    if (json_object_get(object, "variations") == NULL) {
        return true;
    }

    out->experiment = smartmsg_experiment_read(r, object, key, true);
    return out->experiment != NULL;
}

static bool read_rules(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_feature_t *feature)
{
    smartmsg_str_t key = smartmsg_str(feature->key, feature->key_len);
    json_t *list;
    size_t outer, i;
    json_t *item;

    if (!smartmsg_read_json(r, definition, "rules", true, &list)) {
        return false;
    }

    if (list == NULL) {
        return true;
    }

    feature->rules = calloc(json_array_size(list) + 1,
                            sizeof(*feature->rules));
    if (feature->rules == NULL) {
        return smartmsg_read_no_memory(r);
    }

    outer = smartmsg_path_key(&r->path, "rules");

    json_array_foreach(list, i, item) {
        size_t former = smartmsg_path_index(&r->path, i);

        feature->rules[i].id = "";
        feature->n_rules = i + 1;

        if (!read_rule(r, item, key, &feature->rules[i])) {
            return false;
        }

        smartmsg_path_pop(&r->path, former);
    }

    smartmsg_path_pop(&r->path, outer);
    return true;
}

static size_t rule_slot_count(const smartmsg_feature_rule_t *rule)
{
    size_t count = 0;

    if (rule->condition != NULL) {
        (void) smartmsg_condition_slots(rule->condition, &count);
    }

    if (rule->experiment != NULL) {
        count += smartmsg_experiment_slot_count(rule->experiment);
    }

    return count + rule->filters.count + 2;
}

static void rule_slots(const smartmsg_feature_rule_t *rule, uint32_t *slots,
    size_t *count)
{
    const smartmsg_rollout_t *rollout = &rule->rollout;
    size_t n = 0;

    if (rule->condition != NULL) {
        const uint32_t *used = smartmsg_condition_slots(rule->condition, &n);

        memcpy(slots + *count, used, n * sizeof(*slots));
        *count += n;
    }

    if (rule->experiment != NULL) {
        smartmsg_experiment_slots(rule->experiment, slots, count);
    }

    smartmsg_filters_slots(&rule->filters, slots, count);

    if (rollout->has_range || rollout->has_coverage) {
        slots[(*count)++] = rollout->attribute.slot;

        if (rollout->fallback.slot != SMARTMSG_NO_SLOT) {
            slots[(*count)++] = rollout->fallback.slot;
        }
    }
}

static int cmp_slots(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *) a;
    uint32_t y = *(const uint32_t *) b;

    return (x > y) - (x < y);
}

static bool collect_slots(smartmsg_feature_t *feature)
{
    size_t room = 1;
    size_t n = 0;

    for (size_t i = 0; i < feature->n_rules; i++) {
        room += rule_slot_count(&feature->rules[i]);
    }

    feature->slots = malloc(room * sizeof(*feature->slots));
    if (feature->slots == NULL) {
        return false;
    }

    for (size_t i = 0; i < feature->n_rules; i++) {
        rule_slots(&feature->rules[i], feature->slots, &n);
    }

    qsort(feature->slots, n, sizeof(*feature->slots), cmp_slots);

    for (size_t i = 0; i < n; i++) {
        if (feature->n_slots == 0
            || feature->slots[feature->n_slots - 1] != feature->slots[i])
        {
            feature->slots[feature->n_slots++] = feature->slots[i];
        }
    }

    return true;
}

static smartmsg_feature_t *create(smartmsg_str_t key, json_t *definition)
{
    smartmsg_feature_t *feature = calloc(1, sizeof(*feature));

    if (feature == NULL) {
        return NULL;
    }

    feature->key = malloc(key.len + 1);
    if (feature->key == NULL) {
        free(feature);
        return NULL;
    }

    if (key.len > 0) {
        memcpy(feature->key, key.data, key.len);
    }

    feature->key[key.len] = '\0';
    feature->key_len = key.len;
    feature->source = json_incref(definition);
    feature->default_value = json_object_get(definition, "defaultValue");

    if (feature->default_value == NULL) {
        feature->default_value = json_null();
    }

    return feature;
}

smartmsg_feature_t *smartmsg_feature_compile(smartmsg_str_t key,
    json_t *definition, const smartmsg_compile_t *with,
    smartmsg_error_t *err)
{
    smartmsg_reader_t r = { .with = with, .err = err };
    smartmsg_feature_t *feature;

    smartmsg_error_clear(err);

    if (with->path != NULL) {
        (void) smartmsg_path_key(&r.path, with->path);
    }

    if (!json_is_object(definition)) {
        smartmsg_error_set(err, r.path.text, "a feature must be an object");
        return NULL;
    }

    feature = create(key, definition);
    if (feature == NULL) {
        smartmsg_error_no_memory(err);
        return NULL;
    }

    if (!read_rules(&r, definition, feature)) {
        smartmsg_feature_free(feature);
        return NULL;
    }

    if (!collect_slots(feature)) {
        smartmsg_error_no_memory(err);
        smartmsg_feature_free(feature);
        return NULL;
    }

    return feature;
}

void smartmsg_feature_free(smartmsg_feature_t *feature)
{
    if (feature == NULL) {
        return;
    }

    for (size_t i = 0; i < feature->n_rules; i++) {
        smartmsg_feature_rule_t *rule = &feature->rules[i];

        smartmsg_parents_free(&rule->parents);
        smartmsg_filters_free(&rule->filters);
        smartmsg_condition_free(rule->condition);
        smartmsg_experiment_free(rule->experiment);
    }

    free(feature->rules);
    free(feature->slots);
    free(feature->key);
    json_decref(feature->source);
    json_decref(feature->whole);
    free(feature);
}

const uint32_t *smartmsg_feature_slots(const smartmsg_feature_t *feature,
    size_t *count)
{
    *count = feature->n_slots;
    return feature->slots;
}

static void value_path(smartmsg_path_t *path, size_t rule, const char *member)
{
    (void) smartmsg_path_key(path, "rules");
    (void) smartmsg_path_index(path, rule);
    (void) smartmsg_path_key(path, member);
}

const json_t *smartmsg_feature_value(const smartmsg_feature_t *feature,
    size_t index, smartmsg_path_t *path)
{
    smartmsg_path_t ignored;

    path = path != NULL ? path : &ignored;
    memset(path, 0, sizeof(*path));

    if (index-- == 0) {
        (void) smartmsg_path_key(path, "defaultValue");
        return feature->default_value;
    }

    for (size_t i = 0; i < feature->n_rules; i++) {
        const smartmsg_feature_rule_t *rule = &feature->rules[i];
        json_t *object = json_array_get(json_object_get(feature->source,
                                                        "rules"), i);
        json_t *list = json_object_get(object, "variations");

        if (rule->force != NULL) {
            if (index-- == 0) {
                value_path(path, i, "force");
                return rule->force;
            }

        } else if (rule->experiment != NULL) {
            if (index < json_array_size(list)) {
                value_path(path, i, "variations");
                (void) smartmsg_path_index(path, index);
                return json_array_get(list, index);
            }

            index -= json_array_size(list);
        }
    }

    return NULL;
}

const json_t *smartmsg_feature_variation(const smartmsg_feature_t *feature,
    smartmsg_str_t key)
{
    for (size_t i = 0; i < feature->n_rules; i++) {
        const smartmsg_experiment_t *e = feature->rules[i].experiment;
        const json_t *value = e == NULL ? NULL
            : smartmsg_experiment_variation(e, key);

        if (value != NULL) {
            return value;
        }
    }

    return NULL;
}
