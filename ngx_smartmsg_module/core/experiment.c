#include "core/experiment.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/experiment_inside.h"

/* More would be a list to search for every visitor. */
#define BUCKET_VERSION_MAX 1000

/* Key, name and pass-through of one variation; meta may be NULL. */
static bool read_variation(smartmsg_reader_t *r, const json_t *meta, size_t i,
    smartmsg_variation_t *out)
{
    smartmsg_str_t key = smartmsg_str("", 0);
    smartmsg_str_t name = smartmsg_str("", 0);
    size_t outer = smartmsg_path_key(&r->path, "meta");

    (void) smartmsg_path_index(&r->path, i);
    (void) snprintf(out->index, sizeof(out->index), "%zu", i);
    out->key = out->index;

    if (!smartmsg_read_string(r, meta, "key", &key)
        || !smartmsg_read_string(r, meta, "name", &name)
        || !smartmsg_read_boolean(r, meta, "passthrough", &out->passthrough))
    {
        return false;
    }

    if (key.len > 0) {
        out->key = key.data;
    }

    if (name.len > 0) {
        out->name = name.data;
    }

    smartmsg_path_pop(&r->path, outer);
    return true;
}

static bool read_meta(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    json_t *list;

    if (!smartmsg_read_json(r, definition, "meta", true, &list)) {
        return false;
    }

    for (size_t i = 0; i < e->n_variations; i++) {
        if (!read_variation(r, json_array_get(list, i), i, &e->variations[i]))
        {
            return false;
        }
    }

    return true;
}

static bool read_variations(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    if (!smartmsg_read_json(r, definition, "variations", true, &e->values)) {
        return false;
    }

    e->n_variations = json_array_size(e->values);

    if (e->n_variations < 2
        && !smartmsg_read_wrong(r, "variations", "a list of at least two"))
    {
        return false;
    }

    e->variations = calloc(e->n_variations + 1, sizeof(*e->variations));
    if (e->variations == NULL) {
        return smartmsg_read_no_memory(r);
    }

    return read_meta(r, definition, e);
}

/* The shares: explicit ranges, or made from coverage and weights. */
static bool read_ranges(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    double coverage = 1;
    double *weights;
    size_t n_weights;

    if (!smartmsg_read_ranges(r, definition, "ranges", &e->ranges,
                              &e->n_ranges)
        || !smartmsg_read_number(r, definition, "coverage", &coverage)
        || !smartmsg_read_numbers(r, definition, "weights", &weights,
                                  &n_weights))
    {
        return false;
    }

    if (e->ranges == NULL) {
        e->n_ranges = e->n_variations;
        e->ranges = calloc(e->n_ranges + 1, sizeof(*e->ranges));

        if (e->ranges != NULL) {
            smartmsg_bucket_ranges(e->ranges, e->n_ranges, coverage, weights,
                                   n_weights);
        }
    }

    free(weights);
    return e->ranges != NULL || smartmsg_read_no_memory(r);
}

static bool read_hash(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    e->seed = smartmsg_str(e->key, e->key_len);

    if (!smartmsg_attribute_read(r, definition, "hashAttribute", "id",
                                 &e->attribute)
        || !smartmsg_attribute_read(r, definition, "fallbackAttribute", NULL,
                                    &e->fallback)
        || !smartmsg_read_string(r, definition, "seed", &e->seed)
        || !smartmsg_read_integer(r, definition, "hashVersion",
                                  &e->hash_version))
    {
        return false;
    }

    if (e->hash_version == 0) {
        e->hash_version = 1;
    }

    return true;
}

/* "namespace": [id, from, to]. */
static bool read_namespace(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    json_t *list;
    const json_t *id, *lo, *hi;

    if (!smartmsg_read_json(r, definition, "namespace", true, &list)) {
        return false;
    }

    if (list == NULL) {
        return true;
    }

    id = json_array_get(list, 0);
    lo = json_array_get(list, 1);
    hi = json_array_get(list, 2);

    if (!json_is_string(id) || !json_is_number(lo) || !json_is_number(hi)) {
        return smartmsg_read_wrong(r, "namespace", "[name, from, to]");
    }

    e->has_namespace = true;
    e->namespace_id = smartmsg_str(json_string_value(id),
                                   json_string_length(id));
    e->namespace_range.lo = json_number_value(lo);
    e->namespace_range.hi = json_number_value(hi);
    return true;
}

static bool read_sticky(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    smartmsg_sticky_rule_t *sticky = &e->sticky;

    sticky->experiment = smartmsg_str(e->key, e->key_len);
    sticky->attribute = e->attribute;

    if (!smartmsg_attribute_read(r, definition, "fallbackAttribute", "id",
                                 &sticky->fallback)
        || !smartmsg_read_boolean(r, definition, "disableStickyBucketing",
                                  &e->no_sticky)
        || !smartmsg_read_integer(r, definition, "bucketVersion",
                                  &sticky->version)
        || !smartmsg_read_integer(r, definition, "minBucketVersion",
                                  &sticky->min_version))
    {
        return false;
    }

    if (sticky->min_version > BUCKET_VERSION_MAX) {
        sticky->min_version = BUCKET_VERSION_MAX;
        return smartmsg_read_wrong(r, "minBucketVersion", "at most 1000");
    }

    return true;
}

/* What only an experiment of its own may have, not a rule. */
static bool read_state(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_experiment_t *e)
{
    smartmsg_str_t status = smartmsg_str("", 0);
    bool active = true;

    e->forced = json_object_get(definition, "force") != NULL;
    e->force = -1;

    if (!smartmsg_read_integer(r, definition, "force", &e->force)
        || !smartmsg_read_string(r, definition, "status", &status)
        || !smartmsg_read_boolean(r, definition, "active", &active)
        || !smartmsg_parents_read(r, definition, &e->parents))
    {
        return false;
    }

    e->inactive = !active || smartmsg_str_eq(status, SMARTMSG_STR("draft"));
    e->stopped = smartmsg_str_eq(status, SMARTMSG_STR("stopped"));
    return true;
}

static bool read_key(smartmsg_reader_t *r, const json_t *definition,
    smartmsg_str_t key, smartmsg_experiment_t *e)
{
    if (!smartmsg_read_string(r, definition, "key", &key)) {
        return false;
    }

    e->key = malloc(key.len + 1);
    if (e->key == NULL) {
        return smartmsg_read_no_memory(r);
    }

    if (key.len > 0) {
        memcpy(e->key, key.data, key.len);
    }

    e->key[key.len] = '\0';
    e->key_len = key.len;
    return true;
}

smartmsg_experiment_t *smartmsg_experiment_read(smartmsg_reader_t *r,
    json_t *definition, smartmsg_str_t default_key, bool of_rule)
{
    smartmsg_experiment_t *e = calloc(1, sizeof(*e));

    if (e == NULL) {
        (void) smartmsg_read_no_memory(r);
        return NULL;
    }

    e->source = json_incref(definition);

    if (read_key(r, definition, default_key, e)
        && read_variations(r, definition, e)
        && read_ranges(r, definition, e)
        && read_hash(r, definition, e)
        && read_namespace(r, definition, e)
        && read_sticky(r, definition, e)
        && smartmsg_filters_read(r, definition, &e->filters)
        && smartmsg_read_condition(r, definition, "condition", &e->condition)
        && (of_rule || read_state(r, definition, e)))
    {
        return e;
    }

    smartmsg_experiment_free(e);
    return NULL;
}

smartmsg_experiment_t *smartmsg_experiment_compile(json_t *definition,
    smartmsg_str_t default_key, const smartmsg_compile_t *with,
    smartmsg_error_t *err)
{
    smartmsg_reader_t r = { .with = with, .err = err };

    smartmsg_error_clear(err);

    if (with->path != NULL) {
        (void) smartmsg_path_key(&r.path, with->path);
    }

    if (!json_is_object(definition)) {
        smartmsg_error_set(err, r.path.text,
                           "an experiment must be an object");
        return NULL;
    }

    return smartmsg_experiment_read(&r, definition, default_key, false);
}

void smartmsg_experiment_free(smartmsg_experiment_t *e)
{
    if (e == NULL) {
        return;
    }

    smartmsg_condition_free(e->condition);
    smartmsg_filters_free(&e->filters);
    smartmsg_parents_free(&e->parents);
    free(e->variations);
    free(e->ranges);
    free(e->key);
    json_decref(e->source);
    free(e);
}

const json_t *smartmsg_experiment_variation(
    const smartmsg_experiment_t *experiment, smartmsg_str_t key)
{
    for (size_t i = 0; i < experiment->n_variations; i++) {
        const char *name = experiment->variations[i].key;

        if (smartmsg_str_eq(smartmsg_str(name, strlen(name)), key)) {
            return json_array_get(experiment->values, i);
        }
    }

    return NULL;
}

smartmsg_str_t smartmsg_experiment_key(
    const smartmsg_experiment_t *experiment)
{
    return smartmsg_str(experiment->key, experiment->key_len);
}

const smartmsg_condition_t *smartmsg_experiment_condition(
    const smartmsg_experiment_t *experiment)
{
    return experiment->condition;
}

bool smartmsg_experiment_sticky(const smartmsg_experiment_t *experiment)
{
    return !experiment->no_sticky;
}

size_t smartmsg_experiment_slot_count(const smartmsg_experiment_t *e)
{
    size_t count = 0;

    if (e->condition != NULL) {
        (void) smartmsg_condition_slots(e->condition, &count);
    }

    return count + e->filters.count + 3;
}

void smartmsg_experiment_slots(const smartmsg_experiment_t *e,
    uint32_t *slots, size_t *count)
{
    const uint32_t *used;
    size_t n = 0;

    if (e->condition != NULL) {
        used = smartmsg_condition_slots(e->condition, &n);
        memcpy(slots + *count, used, n * sizeof(*slots));
        *count += n;
    }

    smartmsg_filters_slots(&e->filters, slots, count);
    slots[(*count)++] = e->attribute.slot;

    if (e->fallback.slot != SMARTMSG_NO_SLOT) {
        slots[(*count)++] = e->fallback.slot;
    }
}
