#include "support.h"

#include "core/feature.h"

/* Features by key, as a site has them. */
typedef struct {
    smartmsg_names_t *names;
    json_t *attributes;
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts;
    smartmsg_context_t context;
    smartmsg_feature_t *features[40];
    char keys[40][16];
    size_t n;
    unsigned lookups;
} site_t;

static const smartmsg_feature_t *resolve(void *data, smartmsg_str_t key)
{
    site_t *site = data;

    site->lookups++;

    for (size_t i = 0; i < site->n; i++) {
        if (smartmsg_str_eq(S(site->keys[i]), key)) {
            return site->features[i];
        }
    }

    return NULL;
}

static void site_init(site_t *site, const char *attributes)
{
    memset(site, 0, sizeof(*site));
    site->names = smartmsg_names_create();
    site->attributes = J(attributes);
    site->facts = smartmsg_json_facts(&site->from, site->names,
                                      site->attributes);
    site->context.facts = &site->facts;
    site->context.resolve = resolve;
    site->context.resolve_data = site;
}

static smartmsg_feature_t *site_add(site_t *site, const char *key,
    const char *text)
{
    smartmsg_compile_t with = { .names = site->names };
    smartmsg_error_t err;
    json_t *json = J(text);
    smartmsg_feature_t *feature = smartmsg_feature_compile(S(key), json,
                                                           &with, &err);

    json_decref(json);

    if (feature == NULL) {
        fail_msg("%s: %s: %s", text, err.path, err.text);
    }

    strcpy(site->keys[site->n], key);
    site->features[site->n++] = feature;
    return feature;
}

static void site_free(site_t *site)
{
    while (site->n > 0) {
        smartmsg_feature_free(site->features[--site->n]);
    }

    json_decref(site->attributes);
    smartmsg_names_destroy(site->names);
}

static void test_force(void **state)
{
    site_t site;
    smartmsg_feature_t *feature;
    smartmsg_feature_result_t r;

    (void) state;
    site_init(&site, "{'page':{'type':'cart'}}");
    feature = site_add(&site, "f",
        "{'defaultValue':'none','rules':["
        "{'id':'r0','condition':{'page.type':'home'},'force':1},"
        "{'id':'r1','condition':{'page.type':'cart'},'force':{'show':1}}]}");
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_FORCE);
    assert_int_equal(r.rule, 1);
    assert_string_equal(r.rule_id, "r1");
    assert_true(json_is_object(r.value));
    assert_null(r.experiment);

    /* the value is the one the list of values has */
    assert_ptr_equal(r.value, smartmsg_feature_value(feature, 2, NULL));

    json_object_del(site.attributes, "page");
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_DEFAULT);
    assert_int_equal(r.rule, -1);
    assert_string_equal(r.rule_id, "");
    assert_string_equal(json_string_value(r.value), "none");
    site_free(&site);
}

static void test_experiment(void **state)
{
    site_t site;
    smartmsg_feature_t *feature;
    smartmsg_feature_result_t r;

    (void) state;
    site_init(&site, "{'id':'visitor'}");
    feature = site_add(&site, "f",
        "{'rules':[{'id':'r','key':'prices','variations':['a','b'],"
        "'ranges':[[0,0],[0,1]],'meta':[{},{'key':'B','name':'the b'}]}]}");
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_EXPERIMENT);
    assert_string_equal(r.assignment.key, "B");
    assert_string_equal(r.assignment.name, "the b");
    assert_int_equal(r.assignment.variation, 1);
    assert_true(r.assignment.in_experiment && r.assignment.hash_used);
    assert_str(r.assignment.hash_attribute, "id");
    assert_str(r.assignment.hash_value.u.string, "visitor");
    assert_true(r.assignment.bucket >= 0 && r.assignment.bucket < 1);
    assert_str(smartmsg_experiment_key(r.experiment), "prices");
    assert_string_equal(json_string_value(r.value), "b");

    site.context.disabled = true;
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_DEFAULT);
    assert_true(json_is_null(r.value));
    assert_null(r.experiment);
    site_free(&site);
}

/* The address must not decide unless it is handed over. */
static void test_url(void **state)
{
    site_t site;
    smartmsg_feature_t *feature;
    smartmsg_feature_result_t r;

    (void) state;
    site_init(&site, "{'id':'visitor'}");
    feature = site_add(&site, "prices",
        "{'rules':[{'variations':['a','b'],'ranges':[[0,1],[0,0]]}]}");
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.assignment.variation, 0);

    site.context.url = S("/?prices=1");
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.assignment.variation, 1);
    assert_false(r.assignment.hash_used);

    site.context.url = S("/?prices=2&prices=1");
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.assignment.variation, 0);
    assert_true(r.assignment.hash_used);
    site_free(&site);
}

static void test_forced(void **state)
{
    site_t site;
    smartmsg_feature_t *feature;
    smartmsg_feature_result_t r;
    json_t *features = J("{'f':'other'}");
    json_t *variations = J("{'f':1}");

    (void) state;
    site_init(&site, "{}");
    feature = site_add(&site, "f", "{'rules':[{'variations':['a','b']}]}");

    site.context.forced_variations = variations;
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_EXPERIMENT);
    assert_string_equal(json_string_value(r.value), "b");

    site.context.forced_features = features;
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_OVERRIDE);
    assert_string_equal(json_string_value(r.value), "other");

    json_decref(features);
    json_decref(variations);
    site_free(&site);
}

static void test_prerequisites(void **state)
{
    site_t site;
    smartmsg_feature_result_t r;

    (void) state;
    site_init(&site, "{}");
    (void) site_add(&site, "on", "{'defaultValue':{'a':[1,2]}}");
    (void) site_add(&site, "f",
        "{'rules':[{'parentConditions':[{'id':'on','condition':"
        "{'value.a.1':2,'value':{'$exists':true},'x':null}}],'force':1}]}");
    (void) site_add(&site, "gate",
        "{'rules':[{'parentConditions':[{'id':'on','condition':"
        "{'value':3},'gate':true}],'force':1},{'force':2}]}");
    (void) site_add(&site, "a",
        "{'rules':[{'parentConditions':[{'id':'b'}],'force':1}]}");
    (void) site_add(&site, "b",
        "{'rules':[{'parentConditions':[{'id':'a'}],'force':1}]}");
    (void) site_add(&site, "self",
        "{'rules':[{'parentConditions':[{'id':'self'}],'force':1}]}");

    smartmsg_feature_eval_key(S("f"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_FORCE);
    smartmsg_feature_eval_key(S("gate"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_PREREQUISITE);
    assert_true(json_is_null(r.value));
    smartmsg_feature_eval_key(S("a"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_CYCLIC);
    smartmsg_feature_eval_key(S("self"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_CYCLIC);
    smartmsg_feature_eval_key(S("nobody"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_UNKNOWN);
    site_free(&site);
}

/* Each feature asks for the next one twice: 2^35 evaluations if nobody stops. */
static void test_prerequisite_budget(void **state)
{
    site_t site;
    smartmsg_feature_result_t r;
    char key[16], text[256];

    (void) state;
    site_init(&site, "{}");

    for (int i = 0; i < 20; i++) {
        (void) snprintf(key, sizeof(key), "f%d", i);
        (void) snprintf(text, sizeof(text),
            "{'rules':[{'parentConditions':[{'id':'f%d','condition':"
            "{'value':9}}],'force':1},{'parentConditions':[{'id':'f%d',"
            "'condition':{'value':9}}],'force':1}]}", i + 1, i + 1);
        (void) site_add(&site, key, text);
    }

    smartmsg_feature_eval_key(S("f0"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_CYCLIC);
    assert_in_range(site.lookups, 20, 1000);
    site_free(&site);
}

/* A chain that is too long counts as a circle. */
static void test_prerequisite_depth(void **state)
{
    site_t site;
    smartmsg_feature_result_t r;
    char key[16], text[128];

    (void) state;
    site_init(&site, "{}");

    for (int i = 0; i < 33; i++) {
        (void) snprintf(key, sizeof(key), "f%d", i);
        (void) snprintf(text, sizeof(text),
                        "{'rules':[{'parentConditions':[{'id':'f%d'}],"
                        "'force':1}]}", i + 1);
        (void) site_add(&site, key, text);
    }

    smartmsg_feature_eval_key(S("f1"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_CYCLIC);
    smartmsg_feature_eval_key(S("f2"), &site.context, &r);
    assert_int_equal(r.source, SMARTMSG_SOURCE_FORCE);
    site_free(&site);
}

/* A store of one assignment. */
typedef struct {
    char attribute[16], value[16], experiment[32], variation[16];
    unsigned puts;
} store_t;

static void keep(char *out, size_t size, smartmsg_str_t text)
{
    (void) snprintf(out, size, "%.*s", (int) text.len, text.data);
}

static bool store_get(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t *variation)
{
    store_t *store = data;

    *variation = S(store->variation);
    return smartmsg_str_eq(key->attribute, S(store->attribute))
           && smartmsg_str_eq(key->value, S(store->value))
           && smartmsg_str_eq(key->experiment, S(store->experiment));
}

static void store_put(void *data, const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation)
{
    store_t *store = data;

    keep(store->attribute, sizeof(store->attribute), key->attribute);
    keep(store->value, sizeof(store->value), key->value);
    keep(store->experiment, sizeof(store->experiment), key->experiment);
    keep(store->variation, sizeof(store->variation), variation);
    store->puts++;
}

static void test_sticky(void **state)
{
    store_t store = { "device", "7", "prices__2", "A", 0 };
    smartmsg_sticky_t sticky = { store_get, store_put, &store };
    site_t site;
    smartmsg_feature_t *feature;
    smartmsg_feature_result_t r;

    (void) state;
    site_init(&site, "{'id':'me','device':7}");
    feature = site_add(&site, "f",
        "{'rules':[{'key':'prices','variations':['a','b'],'bucketVersion':2,"
        "'fallbackAttribute':'device','ranges':[[0,0],[0,1]],"
        "'meta':[{'key':'A'},{'key':'B'}]}]}");

    /* without a store the hash decides */
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_string_equal(r.assignment.key, "B");

    /* remembered for the device, from now on for the id */
    site.context.sticky = &sticky;
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_string_equal(r.assignment.key, "A");
    assert_true(r.assignment.sticky_used);
    assert_int_equal(store.puts, 1);
    assert_string_equal(store.attribute, "id");
    assert_string_equal(store.value, "me");
    assert_string_equal(store.experiment, "prices__2");
    assert_string_equal(store.variation, "A");

    /* nothing new, nothing to write */
    smartmsg_feature_eval(feature, &site.context, &r);
    assert_int_equal(store.puts, 1);
    site_free(&site);
}

static const smartmsg_value_t *only_page_type(void *data, uint32_t slot)
{
    site_t *site = data;
    static smartmsg_value_t value;

    value = smartmsg_value_string("home", 4);
    return smartmsg_str_eq(smartmsg_names_name(site->names, slot),
                           S("page.type")) ? &value : NULL;
}

static void expect_possible(const char *text, bool possible)
{
    site_t site;
    smartmsg_facts_t facts = { .get = only_page_type, .data = &site };

    site_init(&site, "{}");
    assert_int_equal(smartmsg_feature_possible(site_add(&site, "f", text),
                                               &facts), possible);
    site_free(&site);
}

static void test_possible(void **state)
{
    (void) state;
    expect_possible("{}", false);
    expect_possible("{'defaultValue':1}", true);
    expect_possible("{'rules':[{'force':1}]}", true);
    expect_possible("{'rules':[{'condition':{'page.type':'cart'},"
                    "'force':1}]}", false);
    expect_possible("{'rules':[{'condition':{'page.type':'home','x':1},"
                    "'force':1}]}", true);
    expect_possible("{'rules':[{'condition':{'page.type':'cart','x':1},"
                    "'variations':[1,2]}]}", false);
    expect_possible("{'rules':[{'condition':{'x':1},'variations':[1,2]}]}",
                    true);
}

static void test_slots(void **state)
{
    site_t site;
    smartmsg_feature_t *feature;
    const uint32_t *slots;
    size_t count;

    (void) state;
    site_init(&site, "{}");
    (void) smartmsg_names_intern(site.names, "unused", 6);
    feature = site_add(&site, "f",
        "{'rules':["
        "{'condition':{'a':1,'b':2},'force':1},"
        "{'force':1,'coverage':1,'hashAttribute':'h'},"
        "{'variations':[1,2],'condition':{'b':1,'c':1},"
        "'filters':[{'attribute':'d','seed':'s','ranges':[[0,1]]}]},"
        "{'force':2,'parentConditions':[{'id':'p','condition':"
        "{'value':1}}]}]}");
    slots = smartmsg_feature_slots(feature, &count);
    assert_int_equal(count, 6);

    for (size_t i = 0; i < count; i++) {
        smartmsg_str_t name = smartmsg_names_name(site.names, slots[i]);

        assert_true(i == 0 || slots[i] > slots[i - 1]);
        assert_true(strstr("a b c d h id", name.data) != NULL);
    }

    assert_int_equal(smartmsg_names_lookup(site.names, "value", 5),
                     SMARTMSG_NO_SLOT);
    site_free(&site);
}

static void test_values(void **state)
{
    static const char *const paths[] = {
        "defaultValue", "rules[1].force", "rules[2].variations[0]",
        "rules[2].variations[1]", "rules[3].force"
    };
    site_t site;
    smartmsg_feature_t *feature;
    smartmsg_path_t path;

    (void) state;
    site_init(&site, "{}");
    feature = site_add(&site, "f",
        "{'defaultValue':0,'rules':[{},{'force':1},{'variations':[2,3]},"
        "{'force':4,'variations':[9,9]}]}");

    for (size_t i = 0; i < 5; i++) {
        const json_t *value = smartmsg_feature_value(feature, i, &path);

        assert_int_equal(json_integer_value(value), i);
        assert_string_equal(path.text, paths[i]);
    }

    assert_null(smartmsg_feature_value(feature, 5, &path));
    assert_null(smartmsg_feature_value(feature, 6, NULL));
    site_free(&site);
}

static void expect_error(const char *text, const char *path,
    const char *message)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_compile_t with = { .names = names };
    smartmsg_error_t err;
    json_t *json = J(text);

    assert_null(smartmsg_feature_compile(S("f"), json, &with, &err));
    assert_string_equal(err.path, path);
    assert_string_equal(err.text, message);

    /* the SDKs do not mind, and we need not crash */
    with.lenient = true;
    smartmsg_feature_free(smartmsg_feature_compile(S("f"), json, &with, &err));
    json_decref(json);
    smartmsg_names_destroy(names);
}

static void test_errors(void **state)
{
    (void) state;
    expect_error("[]", "", "a feature must be an object");
    expect_error("{'rules':{}}", "rules", "must be a list");
    expect_error("{'rules':[1]}", "rules[0]", "a rule must be an object");
    expect_error("{'rules':[{'force':1,'condition':[]}]}",
                 "rules[0].condition", "must be an object");
    expect_error("{'rules':[{},{'force':1,'condition':{'cart.value':"
                 "{'$gtt':1}}}]}", "rules[1].condition.cart.value.$gtt",
                 "unknown operator, did you mean $gt?");
    expect_error("{'rules':[{'variations':[1,2],'condition':{'a':{'$in':1}}}]}",
                 "rules[0].condition.a.$in", "must be a list");
    expect_error("{'rules':[{'force':1,'coverage':'1'}]}", "rules[0].coverage",
                 "must be a number");
    expect_error("{'rules':[{'force':1,'range':[1]}]}", "rules[0].range",
                 "must be two numbers, [from, to]");
    expect_error("{'rules':[{'force':1,'hashVersion':1.5}]}",
                 "rules[0].hashVersion", "must be a whole number");
    expect_error("{'rules':[{'force':1,'id':7}]}", "rules[0].id",
                 "must be a string");
    expect_error("{'rules':[{'variations':{}}]}", "rules[0].variations",
                 "must be a list");
    expect_error("{'rules':[{'variations':[1]}]}", "rules[0].variations",
                 "must be a list of at least two");
    expect_error("{'rules':[{'variations':[1,2],'weights':[1,'2']}]}",
                 "rules[0].weights", "must be a list of numbers");
    expect_error("{'rules':[{'variations':[1,2],'ranges':[[0,1],[1]]}]}",
                 "rules[0].ranges",
                 "must be a list of ranges, [[from, to], ...]");
    expect_error("{'rules':[{'variations':[1,2],'namespace':['n',0]}]}",
                 "rules[0].namespace", "must be [name, from, to]");
    expect_error("{'rules':[{'variations':[1,2],'meta':[{},{'key':1}]}]}",
                 "rules[0].meta[1].key", "must be a string");
    expect_error("{'rules':[{'variations':[1,2],'minBucketVersion':1001}]}",
                 "rules[0].minBucketVersion", "must be at most 1000");
    expect_error("{'rules':[{'force':1,'filters':[1]}]}",
                 "rules[0].filters[0]", "must be an object");
    expect_error("{'rules':[{'force':1,'filters':[{'ranges':1}]}]}",
                 "rules[0].filters[0].ranges", "must be a list");
    expect_error("{'rules':[{'force':1,'parentConditions':[{}]}]}",
                 "rules[0].parentConditions[0]", "id is missing");
    expect_error("{'rules':[{'force':1,'parentConditions':[{'id':'a',"
                 "'condition':{'value':{'$regex':'['}}}]}]}",
                 "rules[0].parentConditions[0].condition.value.$regex",
                 "bad regular expression: missing terminating ] for character"
                 " class at position 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_force),
        cmocka_unit_test(test_experiment),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_forced),
        cmocka_unit_test(test_prerequisites),
        cmocka_unit_test(test_prerequisite_budget),
        cmocka_unit_test(test_prerequisite_depth),
        cmocka_unit_test(test_sticky),
        cmocka_unit_test(test_possible),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_errors)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
