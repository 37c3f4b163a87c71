/*
 * Input: an object with "features", "attributes" and what else a context has.
 * Every feature that compiles is evaluated, also as a prerequisite of others.
 */

#include <stdint.h>
#include <stdlib.h>

#include "core/feature.h"

#define FEATURES_MAX 8

typedef struct {
    const char *keys[FEATURES_MAX];
    smartmsg_feature_t *features[FEATURES_MAX];
    size_t count;
    json_t *assignments;
} site_t;

static const smartmsg_feature_t *resolve(void *data, smartmsg_str_t key)
{
    site_t *site = data;

    for (size_t i = 0; i < site->count; i++) {
        if (smartmsg_str_eq(smartmsg_str(site->keys[i],
                                         strlen(site->keys[i])), key))
        {
            return site->features[i];
        }
    }

    return NULL;
}

static bool store_get(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t *variation)
{
    site_t *site = data;
    json_t *found = json_object_getn(site->assignments, key->experiment.data,
                                     key->experiment.len);

    *variation = smartmsg_str(json_string_value(found),
                              json_string_length(found));
    return json_is_string(found);
}

static void store_put(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation)
{
    site_t *site = data;

    (void) json_object_setn_new(site->assignments, key->experiment.data,
                                key->experiment.len,
                                json_stringn(variation.data, variation.len));
}

static void check(const smartmsg_feature_t *feature,
    const smartmsg_context_t *context)
{
    smartmsg_feature_result_t r;
    smartmsg_path_t path;
    size_t count;

    smartmsg_feature_eval(feature, context, &r);

    if (r.value == NULL || r.rule_id == NULL
        || smartmsg_source_name(r.source) == NULL
        || (r.source == SMARTMSG_SOURCE_EXPERIMENT) != (r.experiment != NULL)
        || (r.source == SMARTMSG_SOURCE_FORCE && r.rule < 0)
        || (r.experiment != NULL && r.assignment.key == NULL))
    {
        abort();
    }

    for (size_t i = 0; smartmsg_feature_value(feature, i, &path); i++) {
        continue;
    }

    (void) smartmsg_feature_slots(feature, &count);
    (void) smartmsg_feature_possible(feature, context->facts);
}

static void run(json_t *world, bool lenient)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_compile_t with = { .names = names, .lenient = lenient,
                        .saved_groups = json_object_get(world, "groups") };
    site_t site = { .assignments = json_object() };
    smartmsg_sticky_t sticky = { store_get, store_put, &site };
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names,
                                       json_object_get(world, "attributes"));
    json_t *url = json_object_get(world, "url");
    smartmsg_context_t context = {
        .facts = &facts, .resolve = resolve, .resolve_data = &site,
        .sticky = json_is_true(json_object_get(world, "sticky")) ? &sticky
                                                                 : NULL,
        .forced_variations = json_object_get(world, "variations"),
        .url = { json_string_value(url), json_string_length(url) }
    };
    json_t *features = json_object_get(world, "features");
    const char *key;
    json_t *definition;
    smartmsg_error_t err;

    json_object_foreach(features, key, definition) {
        smartmsg_feature_t *feature = smartmsg_feature_compile(
            smartmsg_str(key, strlen(key)), definition, &with, &err);

        if (feature == NULL && err.text[0] == '\0') {
            abort();
        }

        if (feature != NULL && site.count < FEATURES_MAX) {
            site.keys[site.count] = key;
            site.features[site.count++] = feature;
        } else {
            smartmsg_feature_free(feature);
        }
    }

    for (size_t i = 0; i < site.count; i++) {
        check(site.features[i], &context);
    }

    while (site.count > 0) {
        smartmsg_feature_free(site.features[--site.count]);
    }

    json_decref(site.assignments);
    smartmsg_names_destroy(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *world = json_loadb((const char *) data, size, 0, NULL);

    if (world != NULL) {
        run(world, false);
        run(world, true);
    }

    json_decref(world);
    return 0;
}
