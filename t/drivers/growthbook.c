/*
 * Evaluates cases of the GrowthBook SDKs' case table with core/, so that a
 * program in another language can compare.
 *
 * One request a line on standard input, one answer a line on standard output:
 *
 *     {"section": "evalCondition", "case": ["name", {...}, {...}]}
 *     {"result": true}
 *
 * "case" is laid out as in the table; what is expected there is not looked at
 * and may be missing.  A request that makes no sense gets {"error": "..."}.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/coerce.h"
#include "core/feature.h"

typedef struct {
    char key[512];
    smartmsg_feature_t *feature;
} entry_t;

/* Everything a case is evaluated with. */
typedef struct {
    smartmsg_names_t *names;
    smartmsg_compile_t with;
    smartmsg_error_t err;
    smartmsg_json_facts_t attributes;
    smartmsg_facts_t facts;
    smartmsg_context_t context;
    smartmsg_sticky_t sticky;
    json_t *docs;
    json_t *features;
    entry_t entries[64];
    size_t n_entries;
} world_t;

static json_t *error_json(const char *text)
{
    return json_pack("{s:s}", "error", text);
}

static json_t *compile_error(const smartmsg_error_t *err)
{
    return json_pack("{s:{s:s,s:s}}", "error", "path", err->path, "text",
                     err->text);
}

static json_t *answer(json_t *result)
{
    return json_pack("{s:o}", "result", result);
}

static const smartmsg_feature_t *resolve(void *data, smartmsg_str_t key)
{
    world_t *world = data;
    json_t *definition = json_object_getn(world->features, key.data, key.len);
    entry_t *entry;

    for (size_t i = 0; i < world->n_entries; i++) {
        entry = &world->entries[i];

        if (strlen(entry->key) == key.len
            && memcmp(entry->key, key.data, key.len) == 0)
        {
            return entry->feature;
        }
    }

    if (definition == NULL || key.len >= sizeof(entry->key)
        || world->n_entries == 64)
    {
        return NULL;
    }

    entry = &world->entries[world->n_entries++];
    memcpy(entry->key, key.data, key.len);
    entry->key[key.len] = '\0';
    entry->feature = smartmsg_feature_compile(key, definition, &world->with,
                                              &world->err);
    return entry->feature;
}

/* "id||123" */
static void doc_key(const smartmsg_sticky_key_t *key, char *out, size_t size)
{
    (void) snprintf(out, size, "%.*s||%.*s", (int) key->attribute.len,
                    key->attribute.data, (int) key->value.len,
                    key->value.data);
}

static bool sticky_get(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t *variation)
{
    world_t *world = data;
    char name[1024];
    json_t *doc, *found;

    doc_key(key, name, sizeof(name));
    doc = json_object_get(json_object_get(world->docs, name), "assignments");
    found = json_object_getn(doc, key->experiment.data, key->experiment.len);

    if (!json_is_string(found)) {
        return false;
    }

    *variation = smartmsg_str(json_string_value(found),
                              json_string_length(found));
    return true;
}

static void sticky_put(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation)
{
    world_t *world = data;
    char name[1024];
    json_t *doc;

    doc_key(key, name, sizeof(name));
    doc = json_object_get(world->docs, name);

    if (doc == NULL) {
        doc = json_pack("{s:s%,s:s%,s:{}}", "attributeName",
                        key->attribute.data, key->attribute.len,
                        "attributeValue", key->value.data, key->value.len,
                        "assignments");
        (void) json_object_set_new(world->docs, name, doc);
    }

    (void) json_object_setn_new(json_object_get(doc, "assignments"),
                                key->experiment.data, key->experiment.len,
                                json_stringn(variation.data, variation.len));
}

static void world_init(world_t *world, json_t *context)
{
    json_t *url = json_object_get(context, "url");

    memset(world, 0, sizeof(*world));
    world->names = smartmsg_names_create();
    world->with.names = world->names;
    world->with.lenient = true;
    world->with.saved_groups = json_object_get(context, "savedGroups");
    world->facts = smartmsg_json_facts(&world->attributes, world->names,
                                       json_object_get(context,
                                                       "attributes"));
    world->features = json_object_get(context, "features");
    world->docs = json_object_get(context, "stickyBucketAssignmentDocs");
    world->docs = world->docs ? json_deep_copy(world->docs) : NULL;

    world->context.facts = &world->facts;
    world->context.resolve = resolve;
    world->context.resolve_data = world;
    world->context.forced_variations = json_object_get(context,
                                                       "forcedVariations");
    world->context.forced_features = json_object_get(context,
                                                     "forcedFeatures");
    world->context.url = smartmsg_str(json_string_value(url),
                                      json_string_length(url));
    world->context.disabled = json_is_false(json_object_get(context,
                                                            "enabled"));
    world->context.qa_mode = json_is_true(json_object_get(context, "qaMode"));

    world->sticky.get = sticky_get;
    world->sticky.put = sticky_put;
    world->sticky.data = world;
    world->context.sticky = world->docs != NULL ? &world->sticky : NULL;
}

static void world_done(world_t *world)
{
    for (size_t i = 0; i < world->n_entries; i++) {
        smartmsg_feature_free(world->entries[i].feature);
    }

    json_decref(world->docs);
    smartmsg_names_destroy(world->names);
}

static json_t *number_json(double number)
{
    json_int_t whole = (json_int_t) number;

    return (double) whole == number ? json_integer(whole) : json_real(number);
}

static json_t *value_json(const smartmsg_value_t *value)
{
    switch (value->type) {
    case SMARTMSG_BOOLEAN:
        return json_boolean(value->u.boolean);
    case SMARTMSG_NUMBER:
        return number_json(value->u.number);
    case SMARTMSG_STRING:
        return json_stringn(value->u.string.data, value->u.string.len);
    case SMARTMSG_JSON:
        return json_deep_copy(value->u.json);
    default:
        return json_null();
    }
}

static json_t *copy(const json_t *json)
{
    return json != NULL ? json_deep_copy(json) : json_null();
}

/* What the SDKs call the experiment's result. */
static json_t *assignment_json(const smartmsg_assignment_t *a,
    const char *feature)
{
    json_t *result = json_pack("{s:s,s:s?,s:b,s:b,s:i,s:o,s:s%,s:o,s:b}",
        "key", a->key, "featureId", feature, "inExperiment", a->in_experiment,
        "hashUsed", a->hash_used, "variationId", a->variation,
        "value", copy(a->value),
        "hashAttribute", a->hash_attribute.data, a->hash_attribute.len,
        "hashValue", value_json(&a->hash_value),
        "stickyBucketUsed", a->sticky_used);

    if (a->name != NULL) {
        (void) json_object_set_new(result, "name", json_string(a->name));
    }

    if (a->bucket >= 0) {
        (void) json_object_set_new(result, "bucket", number_json(a->bucket));
    }

    if (a->passthrough) {
        (void) json_object_set_new(result, "passthrough", json_true());
    }

    return result;
}

/* Empty members are not copied, but for these. */
static bool is_copied(const char *name, const json_t *member)
{
    smartmsg_value_t value = smartmsg_value_from_json(member);

    return smartmsg_to_boolean(&value) || strcmp(name, "coverage") == 0
           || strcmp(name, "bucketVersion") == 0
           || strcmp(name, "minBucketVersion") == 0;
}

/* The experiment that a rule makes, with the members that SDKs copy. */
static json_t *experiment_json(const json_t *rule, const char *key)
{
    static const char *const members[] = {
        "variations", "coverage", "weights", "hashAttribute",
        "fallbackAttribute", "disableStickyBucketing", "bucketVersion",
        "minBucketVersion", "namespace", "meta", "ranges", "name", "phase",
        "seed", "hashVersion", "filters", "condition", NULL
    };
    json_t *experiment = json_pack("{s:s}", "key", key);

    for (size_t i = 0; members[i] != NULL; i++) {
        json_t *member = json_object_get(rule, members[i]);

        if (member != NULL && is_copied(members[i], member)) {
            (void) json_object_set(experiment, members[i], member);
        }
    }

    return experiment;
}

static json_t *feature_json(const world_t *world, const char *key,
    const smartmsg_feature_result_t *r)
{
    smartmsg_value_t value = smartmsg_value_from_json(r->value);
    bool on = smartmsg_to_boolean(&value);
    json_t *result = json_pack("{s:o,s:b,s:b,s:s,s:s}",
        "value", copy(r->value), "on", on, "off", !on,
        "source", smartmsg_source_name(r->source), "ruleId", r->rule_id);
    const json_t *rule;

    if (r->source == SMARTMSG_SOURCE_EXPERIMENT) {
        smartmsg_str_t name = smartmsg_experiment_key(r->experiment);
        char text[512];

        (void) snprintf(text, sizeof(text), "%.*s", (int) name.len, name.data);
        rule = json_array_get(json_object_get(json_object_get(world->features,
                                                              key),
                                              "rules"), (size_t) r->rule);
        (void) json_object_set_new(result, "experiment",
                                   experiment_json(rule, text));
        (void) json_object_set_new(result, "experimentResult",
                                   assignment_json(&r->assignment, key));
    }

    return result;
}

static json_t *do_condition(const json_t *c)
{
    json_t *context = json_pack("{s:O?,s:O?}", "attributes",
                                json_array_get(c, 2), "savedGroups",
                                json_array_get(c, 4));
    smartmsg_condition_t *condition;
    world_t world;
    json_t *result;

    world_init(&world, context);
    condition = smartmsg_condition_compile(json_array_get(c, 1), &world.with,
                                           &world.err);
    result = condition == NULL ? compile_error(&world.err)
             : answer(json_boolean(smartmsg_condition_eval(condition,
                                                           &world.facts)
                                   == SMARTMSG_YES));
    smartmsg_condition_free(condition);
    world_done(&world);
    json_decref(context);
    return result;
}

static json_t *do_feature(const json_t *c)
{
    const json_t *key = json_array_get(c, 2);
    smartmsg_feature_result_t r;
    world_t world;
    json_t *result;

    if (!json_is_string(key)) {
        return error_json("no feature key");
    }

    world_init(&world, json_array_get(c, 1));
    smartmsg_feature_eval_key(smartmsg_str(json_string_value(key),
                                           json_string_length(key)),
                              &world.context, &r);
    result = world.err.text[0] != '\0' ? compile_error(&world.err)
             : answer(feature_json(&world, json_string_value(key), &r));

    if (world.docs != NULL) {
        (void) json_object_set(result, "docs", world.docs);
    }

    world_done(&world);
    return result;
}

/* Docs may be a member of the context, a list or an object after it. */
static json_t *do_sticky(const json_t *c)
{
    json_t *context = json_deep_copy(json_array_get(c, 1));
    json_t *docs = json_object();
    json_t *given = json_array_get(c, 2);
    bool apart = !json_is_string(given);
    json_t *key = json_array_get(c, apart ? 3 : 2);
    json_t *inner, *result, *doc;
    size_t i;

    (void) json_object_update(docs, json_object_get(context,
                                              "stickyBucketAssignmentDocs"));
    (void) json_object_update(docs, apart ? given : NULL);

    json_array_foreach(given, i, doc) {
        char name[1024];

        (void) snprintf(name, sizeof(name), "%s||%s",
            json_string_value(json_object_get(doc, "attributeName")),
            json_string_value(json_object_get(doc, "attributeValue")));
        (void) json_object_set(docs, name, doc);
    }

    (void) json_object_set_new(context, "stickyBucketAssignmentDocs", docs);
    inner = json_pack("[s,o,O?]", "", context, key);
    result = do_feature(inner);
    json_decref(inner);

    if (json_object_get(result, "error") != NULL) {
        return result;
    }

    inner = json_object_get(json_object_get(result, "result"),
                            "experimentResult");
    doc = json_pack("{s:{s:O?,s:O}}", "result", "experimentResult", inner,
                    "docs", json_object_get(result, "docs"));
    json_decref(result);
    return doc;
}

static json_t *do_run(const json_t *c)
{
    smartmsg_assignment_t a;
    smartmsg_experiment_t *experiment;
    world_t world;
    json_t *result;

    world_init(&world, json_array_get(c, 1));
    experiment = smartmsg_experiment_compile(json_array_get(c, 2),
                                             smartmsg_str("", 0), &world.with,
                                             &world.err);
    if (experiment == NULL) {
        result = compile_error(&world.err);

    } else {
        smartmsg_experiment_run(experiment, &world.context, &a);
        result = json_pack("{s:[o,b,b],s:o}", "result", copy(a.value),
                           a.in_experiment, a.hash_used, "experimentResult",
                           assignment_json(&a, NULL));
    }

    smartmsg_experiment_free(experiment);
    world_done(&world);
    return result;
}

static json_t *do_hash(const json_t *c)
{
    const json_t *seed = json_array_get(c, 0);
    const json_t *value = json_array_get(c, 1);
    double n = smartmsg_hash(
        smartmsg_str(json_string_value(seed), json_string_length(seed)),
        smartmsg_str(json_string_value(value), json_string_length(value)),
        (int) json_number_value(json_array_get(c, 2)));

    return answer(n < 0 ? json_null() : json_real(n));
}

#define COUNT_MAX 1000

static size_t read_numbers(const json_t *list, double out[COUNT_MAX])
{
    size_t n = json_array_size(list);

    n = n < COUNT_MAX ? n : COUNT_MAX;

    for (size_t i = 0; i < n; i++) {
        out[i] = json_number_value(json_array_get(list, i));
    }

    return n;
}

static size_t read_count(const json_t *json)
{
    double n = json_number_value(json);

    return n > 0 && n <= COUNT_MAX ? (size_t) n : 0;
}

static json_t *do_ranges(const json_t *c)
{
    const json_t *args = json_array_get(c, 1);
    size_t count = read_count(json_array_get(args, 0));
    const json_t *coverage = json_array_get(args, 1);
    const json_t *list = json_array_get(args, 2);
    smartmsg_range_t ranges[COUNT_MAX];
    double weights[COUNT_MAX];
    size_t n = read_numbers(list, weights);
    json_t *result = json_array();

    smartmsg_bucket_ranges(ranges, count,
        json_is_number(coverage) ? json_number_value(coverage) : 1,
        json_is_array(list) ? weights : NULL, n);

    for (size_t i = 0; i < count; i++) {
        (void) json_array_append_new(result, json_pack("[f,f]", ranges[i].lo,
                                                       ranges[i].hi));
    }

    return answer(result);
}

static json_t *do_equal_weights(const json_t *c)
{
    size_t count = read_count(json_array_get(c, 0));
    smartmsg_range_t ranges[COUNT_MAX];
    json_t *result = json_array();

    smartmsg_bucket_ranges(ranges, count, 1, NULL, 0);

    /* the first range starts at 0, so its end is the weight */
    for (size_t i = 0; i < count; i++) {
        (void) json_array_append_new(result, json_real(ranges[0].hi));
    }

    return answer(result);
}

static json_t *do_choose(const json_t *c)
{
    const json_t *list = json_array_get(c, 2);
    smartmsg_range_t ranges[COUNT_MAX];
    double pair[COUNT_MAX];
    size_t n = json_array_size(list);

    for (size_t i = 0; i < n && i < COUNT_MAX; i++) {
        (void) read_numbers(json_array_get(list, i), pair);
        ranges[i].lo = pair[0];
        ranges[i].hi = pair[1];
    }

    return answer(json_integer(smartmsg_choose_variation(
        json_number_value(json_array_get(c, 1)), ranges,
        n < COUNT_MAX ? n : COUNT_MAX)));
}

static json_t *do_namespace(const json_t *c)
{
    const json_t *value = json_array_get(c, 1);
    const json_t *list = json_array_get(c, 2);
    const json_t *id = json_array_get(list, 0);
    smartmsg_range_t range;

    range.lo = json_number_value(json_array_get(list, 1));
    range.hi = json_number_value(json_array_get(list, 2));

    return answer(json_boolean(smartmsg_in_namespace(
        smartmsg_str(json_string_value(value), json_string_length(value)),
        smartmsg_str(json_string_value(id), json_string_length(id)), range)));
}

/* [name, experiment key, url, number of variations]: asked of an experiment. */
static json_t *do_query(const json_t *c)
{
    size_t count = read_count(json_array_get(c, 3));
    json_t *variations = json_array();
    json_t *request, *result;

    for (size_t i = 0; i < count; i++) {
        (void) json_array_append_new(variations, json_integer((json_int_t) i));
    }

    request = json_pack("[n,{s:O},{s:O,s:o}]", "url", json_array_get(c, 2),
                        "key", json_array_get(c, 1), "variations", variations);
    result = do_run(request);
    json_decref(request);
    request = json_object_get(result, "result");
    request = answer(json_is_true(json_array_get(request, 1))
                     ? json_incref(json_array_get(request, 0)) : json_null());
    json_decref(result);
    return request;
}

static const struct {
    const char *section;
    json_t *(*evaluate)(const json_t *c);
} sections[] = {
    { "evalCondition", do_condition },
    { "hash", do_hash },
    { "getBucketRange", do_ranges },
    { "chooseVariation", do_choose },
    { "getEqualWeights", do_equal_weights },
    { "getQueryStringOverride", do_query },
    { "inNamespace", do_namespace },
    { "feature", do_feature },
    { "run", do_run },
    { "stickyBucket", do_sticky }
};

static json_t *evaluate(const char *line)
{
    json_error_t syntax;
    json_t *request = json_loads(line, JSON_ALLOW_NUL, &syntax);
    const char *section = json_string_value(json_object_get(request,
                                                            "section"));
    const json_t *c = json_object_get(request, "case");
    json_t *result = NULL;

    if (request == NULL) {
        return error_json(syntax.text);
    }

    if (section == NULL || !json_is_array(c)) {
        result = error_json("needs section and case");
    }

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (result == NULL && strcmp(sections[i].section, section) == 0) {
            result = sections[i].evaluate(c);
        }
    }

    json_decref(request);
    return result != NULL ? result : error_json("not applicable");
}

int main(void)
{
    char *line = NULL;
    size_t size = 0;
    size_t len = 0;
    int c;

    while ((c = getchar()) != EOF) {
        if (len + 1 >= size) {
            char *more = realloc(line, size = size > 0 ? size * 2 : 4096);

            if (more == NULL) {
                free(line);
                return 1;
            }

            line = more;
        }

        if (c != '\n') {
            line[len++] = (char) c;
            continue;
        }

        line[len] = '\0';
        len = 0;

        json_t *result = evaluate(line);

        if (result == NULL || json_dumpf(result, stdout, JSON_COMPACT) != 0) {
            free(line);
            return 1;
        }

        json_decref(result);
        putchar('\n');
        fflush(stdout);
    }

    free(line);
    return 0;
}
