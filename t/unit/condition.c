#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/condition.h"

static json_t *parse(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

    if (json == NULL) {
        fail_msg("bad JSON in the test: %s", text);
    }

    return json;
}

static smartmsg_condition_t *compile(const char *text, smartmsg_names_t *names,
    bool lenient, const char *groups, smartmsg_error_t *err)
{
    json_t *json = parse(text);
    json_t *saved = groups != NULL ? parse(groups) : NULL;
    smartmsg_compile_t with = { .names = names, .lenient = lenient,
                                .saved_groups = saved, .path = "condition" };
    smartmsg_condition_t *condition = smartmsg_condition_compile(json, &with,
                                                                 err);

    /* the condition keeps what it needs */
    json_decref(json);
    json_decref(saved);
    return condition;
}

static void expect(const char *text, const char *attributes, int verdict)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_error_t err;
    smartmsg_condition_t *condition = compile(text, names, false, NULL, &err);
    json_t *json = parse(attributes);
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, json);

    if (condition == NULL) {
        fail_msg("%s: %s: %s", text, err.path, err.text);
    }

    if ((int) smartmsg_condition_eval(condition, &facts) != verdict) {
        fail_msg("%s of %s is not %d", text, attributes, verdict);
    }

    smartmsg_condition_free(condition);
    json_decref(json);
    smartmsg_names_destroy(names);
}

static void expect_error_with(const char *text, const char *groups,
    const char *path, const char *message)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_error_t err;

    assert_null(compile(text, names, false, groups, &err));
    assert_string_equal(err.path, path);
    assert_string_equal(err.text, message);
    assert_int_equal(err.line, 0);
    smartmsg_names_destroy(names);
}

static void expect_error(const char *text, const char *path,
    const char *message)
{
    expect_error_with(text, NULL, path, message);
}

static void test_holds(void **state)
{
    (void) state;
    expect("{}", "{}", SMARTMSG_YES);
    expect("{\"page.type\":{\"$in\":[\"cart\",\"checkout\"]},"
           "\"cart.value\":{\"$gt\":50},\"session.orders\":0}",
           "{\"page\":{\"type\":\"cart\"},\"cart\":{\"value\":\"50.5\"}}",
           SMARTMSG_YES);
    expect("{\"a\":{\"$exists\":true}}", "{\"a\":null}", SMARTMSG_NO);
    expect("{\"a\":1,\"a.b\":2}", "{\"a\":{\"b\":2}}", SMARTMSG_NO);
}

typedef struct {
    smartmsg_names_t *names;
    const char *known;        /* the only fact that is known */
    smartmsg_value_t value;
    unsigned calls;
    char asked[256];
} probe_t;

static const smartmsg_value_t *probe_get(void *data, uint32_t slot)
{
    probe_t *probe = data;
    smartmsg_str_t name = smartmsg_names_name(probe->names, slot);

    probe->calls++;
    strncat(probe->asked, name.data,
            sizeof(probe->asked) - strlen(probe->asked) - 2);
    strcat(probe->asked, " ");

    if (probe->known != NULL && strcmp(name.data, probe->known) == 0) {
        return &probe->value;
    }

    return NULL;
}

static int probe_eval(probe_t *probe, const char *text)
{
    smartmsg_error_t err;
    smartmsg_condition_t *condition;
    smartmsg_facts_t facts = { .get = probe_get, .data = probe };
    int verdict;

    probe->names = smartmsg_names_create();
    probe->calls = 0;
    probe->asked[0] = '\0';
    condition = compile(text, probe->names, false, NULL, &err);
    assert_non_null(condition);
    verdict = (int) smartmsg_condition_eval(condition, &facts);
    smartmsg_condition_free(condition);
    smartmsg_names_destroy(probe->names);
    return verdict;
}

static void test_unknown(void **state)
{
    probe_t probe = { .known = "page.type" };

    (void) state;
    probe.value = smartmsg_value_string("home", 4);

    assert_int_equal(probe_eval(&probe, "{\"x\":1}"), SMARTMSG_UNKNOWN);
    assert_int_equal(probe_eval(&probe, "{\"page.type\":\"cart\",\"x\":1}"),
                     SMARTMSG_NO);
    assert_int_equal(probe_eval(&probe, "{\"page.type\":\"home\",\"x\":1}"),
                     SMARTMSG_UNKNOWN);
    assert_int_equal(probe_eval(&probe, "{\"$or\":[{\"x\":1},"
                                        "{\"page.type\":\"home\"}]}"),
                     SMARTMSG_YES);
    assert_int_equal(probe_eval(&probe, "{\"$or\":[{\"x\":1},"
                                        "{\"page.type\":\"cart\"}]}"),
                     SMARTMSG_UNKNOWN);
    assert_int_equal(probe_eval(&probe, "{\"$not\":{\"x\":1}}"),
                     SMARTMSG_UNKNOWN);
    assert_int_equal(probe_eval(&probe, "{\"$nor\":[{\"page.type\":\"home\"},"
                                        "{\"x\":1}]}"),
                     SMARTMSG_NO);
    assert_int_equal(probe_eval(&probe, "{}"), SMARTMSG_YES);
}

/* Cheap tests come first, and what they rule out is not asked for. */
static void test_lazy(void **state)
{
    probe_t probe = { .known = "b" };

    (void) state;
    probe.value = smartmsg_value_number(1);

    assert_int_equal(probe_eval(&probe, "{\"a\":{\"$regex\":\"x\"},"
                                        "\"c\":{\"$in\":[1,2]},\"b\":2}"),
                     SMARTMSG_NO);
    assert_string_equal(probe.asked, "b ");

    assert_int_equal(probe_eval(&probe, "{\"$or\":[{\"a\":{\"$vgt\":\"1\"}},"
                                        "{\"$and\":[{\"b\":1}]}]}"),
                     SMARTMSG_YES);
    assert_string_equal(probe.asked, "b ");
}

/*
 * What holds for few is asked before what holds for many, the page's type
 * after both: others have looked at it.
 */
static void test_order(void **state)
{
    probe_t probe = { .known = NULL };

    (void) state;
    assert_int_equal(probe_eval(&probe, "{\"page.type\":\"a\","
                                        "\"n\":{\"$gt\":1},\"e\":{\"$exists\":true},"
                                        "\"not\":{\"$ne\":1},"
                                        "\"in\":{\"$in\":[\"a\"]},"
                                        "\"is\":\"b\",\"re\":{\"$regex\":\"x\"}}"),
                     SMARTMSG_UNKNOWN);
    assert_string_equal(probe.asked, "is in n e not page.type re ");
}

/* An answer that is there is not asked for, one that is not there is. */
static void test_known(void **state)
{
    static const smartmsg_value_t values[3] = {
        { .type = SMARTMSG_NUMBER, .u.number = 1 },
        { .type = SMARTMSG_NUMBER, .u.number = 2 }
    };
    static const unsigned char known[3] = { 1, 0, 1 };
    probe_t probe = { .names = smartmsg_names_create() };
    smartmsg_facts_t facts = { .get = probe_get, .data = &probe,
                               .values = values, .known = known, .n = 2 };
    smartmsg_condition_t *condition;

    (void) state;
    condition = compile("{\"a\":1,\"b\":2,\"c\":{\"$exists\":false}}",
                        probe.names, false, NULL, NULL);
    assert_non_null(condition);
    assert_int_equal(smartmsg_condition_eval(condition, &facts),
                     SMARTMSG_UNKNOWN);
    assert_string_equal(probe.asked, "b c ");
    smartmsg_condition_free(condition);
    smartmsg_names_destroy(probe.names);
}

static const smartmsg_value_t *never_asked(void *data, uint32_t slot)
{
    (void) data;
    fail_msg("slot %u is known", slot);
    return NULL;
}

/* The same from one object of attributes and from facts that are all known. */
static void check_ways(const char *text, const char *attributes)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_condition_t *condition = compile(text, names, true, NULL, NULL);
    json_t *json = parse(attributes);
    smartmsg_value_t values[4];
    unsigned char known[4] = { 1, 1, 1, 1 };
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, json);
    smartmsg_facts_t ready = { .get = never_asked, .values = values,
                               .known = known,
                               .n = smartmsg_names_count(names) };

    assert_non_null(condition);
    assert_true(ready.n <= 4);

    for (uint32_t slot = 0; slot < ready.n; slot++) {
        values[slot] = smartmsg_value_at(json, smartmsg_names_name(names,
                                                                   slot));
    }

    if (smartmsg_condition_eval(condition, &facts)
        != smartmsg_condition_eval(condition, &ready))
    {
        fail_msg("%s of %s depends on who asks", text, attributes);
    }

    smartmsg_condition_free(condition);
    json_decref(json);
    smartmsg_names_destroy(names);
}

static void test_ways(void **state)
{
    static const char *const tests[] = {
        "%s", "{\"$eq\":%s}", "{\"$ne\":%s}", "{\"$lt\":%s}", "{\"$lte\":%s}",
        "{\"$gt\":%s}", "{\"$gte\":%s}", "{\"$in\":[%s]}", "{\"$nin\":[%s]}"
    };
    static const char *const values[] = {
        "0", "1", "-1", "10", "2.5", "\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"10\"",
        "true", "null", "[1]"
    };
    const size_t n = sizeof(values) / sizeof(*values);
    char test[64], text[256], attributes[64];

    (void) state;

    for (size_t i = 0; i < 9 * n * n; i++) {
        snprintf(attributes, sizeof(attributes), "{\"a\":%s,\"b\":1}",
                 values[i % n]);

        if (strcmp(values[i / n % n], "[1]") == 0) {
            continue;
        }

        snprintf(test, sizeof(test), tests[i / n / n], values[i / n % n]);
        snprintf(text, sizeof(text), "{\"a\":%s}", test);
        check_ways(text, attributes);
        snprintf(text, sizeof(text), "{\"a\":%s,\"b\":{\"$gte\":1}}", test);
        check_ways(text, attributes);
        snprintf(text, sizeof(text), "{\"$or\":[{\"a\":%s},{\"b\":2}]}", test);
        check_ways(text, attributes);
        snprintf(text, sizeof(text), "{\"$not\":{\"a\":%s}}", test);
        check_ways(text, attributes);
    }

    check_ways("{}", "{}");
}

static void test_slots(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_error_t err;
    smartmsg_condition_t *condition;
    const uint32_t *slots;
    size_t count;

    (void) state;
    assert_int_equal(smartmsg_names_intern(names, "other", 5), 0);
    condition = compile("{\"b\":1,\"$or\":[{\"a\":1},{\"b\":2}],"
                        "\"l\":{\"$elemMatch\":{\"inner\":1}},"
                        "\"$savedGroup\":{\"id\":\"g\"}}", names, false,
                        "{\"g\":{\"type\":\"list\",\"attributeKey\":\"id\","
                        "\"values\":[]}}", &err);
    assert_non_null(condition);
    slots = smartmsg_condition_slots(condition, &count);
    assert_int_equal(count, 4);
    assert_int_equal(smartmsg_names_count(names), 5);

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(slots[i], i + 1);
    }

    assert_int_equal(smartmsg_names_lookup(names, "inner", 5),
                     SMARTMSG_NO_SLOT);
    smartmsg_condition_free(condition);
    smartmsg_names_destroy(names);
}

static void test_errors(void **state)
{
    (void) state;
    expect_error("[]", "condition", "a condition must be an object");
    expect_error("{\"cart.value\":{\"$gtt\":1}}", "condition.cart.value.$gtt",
                 "unknown operator, did you mean $gt?");
    expect_error("{\"a\":{\"$xyzzy\":1}}", "condition.a.$xyzzy",
                 "unknown operator");
    expect_error("{\"$orr\":[]}", "condition.$orr",
                 "unknown operator, did you mean $or?");
    expect_error("{\"a\":{\"$or\":[]}}", "condition.a.$or",
                 "combines conditions, not tests of one value");
    expect_error("{\"$and\":{}}", "condition.$and",
                 "must be a list of conditions");
    expect_error("{\"$or\":[{\"a\":1},{\"b\":{\"$in\":2}}]}",
                 "condition.$or[1].b.$in", "must be a list");
    expect_error("{\"a\":{\"$in\":[[1]]}}", "condition.a.$in",
                 "arrays and objects equal nothing in a list");
    expect_error("{\"a\":{\"$gt\":1,\"b\":2}}", "condition.a",
                 "operators and other members are mixed");
    expect_error("{\"a\":{\"$gt\":null}}", "condition.a.$gt",
                 "must be a number or a string");
    expect_error("{\"a\":{\"$eq\":[1]}}", "condition.a.$eq",
                 "arrays and objects are never equal here, leave out the"
                 " operator");
    expect_error("{\"a\":{\"$exists\":1}}", "condition.a.$exists",
                 "must be true or false");
    expect_error("{\"a\":{\"$type\":\"text\"}}", "condition.a.$type",
                 "must be null, boolean, number, string, array or object");
    expect_error("{\"a\":{\"$size\":\"1\"}}", "condition.a.$size",
                 "must be a number or an operator");
    expect_error("{\"a\":{\"$elemMatch\":1}}", "condition.a.$elemMatch",
                 "must be an operator or a condition");
    expect_error("{\"a\":{\"$all\":[1,{\"$vgt\":[]}]}}",
                 "condition.a.$all[1].$vgt",
                 "must be a version such as \"1.2.3\"");
    expect_error("{\"a\":{\"$regex\":1}}", "condition.a.$regex",
                 "must be a string");
    expect_error("{\"a\":{\"$not\":{\"$regex\":\"a(b\"}}}",
                 "condition.a.$not.$regex",
                 "bad regular expression: missing closing parenthesis at"
                 " position 3");
    expect_error("{\"a\":{\"$regex\":\"(*LIMIT_MATCH=9)a\"}}",
                 "condition.a.$regex",
                 "bad regular expression: nothing to repeat at position 1");
}

static void test_saved_group_errors(void **state)
{
    (void) state;
    expect_error("{\"a\":{\"$inGroup\":\"vip\"}}", "condition.a.$inGroup",
                 "no saved group \"vip\"");
    expect_error("{\"$savedGroup\":{}}", "condition.$savedGroup",
                 "must be an object with the id of a saved group");
    expect_error("{\"$savedGroup\":{\"id\":\"vip\"}}", "condition.$savedGroup",
                 "no saved group \"vip\"");
    expect_error_with("{\"$savedGroup\":{\"id\":\"a\"}}",
                      "{\"a\":{\"type\":\"condition\",\"condition\":"
                      "{\"$savedGroup\":{\"id\":\"a\"}}}}",
                      "condition.$savedGroup.$savedGroup",
                      "saved groups in a circle");
    expect_error_with("{\"$savedGroup\":{\"id\":\"a\"}}",
                      "{\"a\":{\"type\":\"new\"}}", "condition.$savedGroup",
                      "saved group \"a\" has an unknown type");
}

/* The same mistakes are "no match" for the SDKs. */
static void test_lenient(void **state)
{
    static const char *const wrong[] = {
        "{\"a\":{\"$gtt\":1}}", "{\"a\":{\"$regex\":\"(\"}}",
        "{\"a\":{\"$in\":1}}", "{\"a\":{\"$and\":[]}}",
        "{\"$savedGroup\":{\"id\":\"x\"}}", "{\"a\":{\"$type\":\"x\"}}", NULL
    };
    smartmsg_names_t *names = smartmsg_names_create();
    json_t *json = json_pack("{s:i}", "a", 1);
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, json);
    smartmsg_error_t err;

    (void) state;

    for (size_t i = 0; wrong[i] != NULL; i++) {
        smartmsg_condition_t *condition = compile(wrong[i], names, true, NULL,
                                                  &err);

        assert_non_null(condition);
        assert_int_equal(smartmsg_condition_eval(condition, &facts),
                         SMARTMSG_NO);
        smartmsg_condition_free(condition);
    }

    json_decref(json);
    smartmsg_names_destroy(names);
}

static void nest(char *out, int depth)
{
    out[0] = '\0';

    for (int i = 0; i < depth; i++) {
        strcat(out, "{\"$not\":");
    }

    strcat(out, "{}");

    for (int i = 0; i < depth; i++) {
        strcat(out, "}");
    }
}

static void test_depth(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_error_t err;
    smartmsg_condition_t *condition;
    char text[1024];

    (void) state;
    nest(text, SMARTMSG_DEPTH_MAX - 1);
    condition = compile(text, names, false, NULL, &err);
    assert_non_null(condition);
    smartmsg_condition_free(condition);

    nest(text, SMARTMSG_DEPTH_MAX);
    assert_null(compile(text, names, true, NULL, &err));
    assert_string_equal(err.text, "conditions are nested too deeply");
    smartmsg_names_destroy(names);
}

/* Groups that use the next one six times would grow to 6^10 tests. */
static void test_size(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();
    json_t *groups = json_object();
    json_t *condition = json_pack("{s:{s:s}}", "$savedGroup", "id", "g0");
    smartmsg_compile_t with = { .names = names, .saved_groups = groups };
    smartmsg_error_t err;

    (void) state;

    for (int i = 0; i < 10; i++) {
        json_t *list = json_array();
        char id[16], next[16];

        (void) snprintf(id, sizeof(id), "g%d", i);
        (void) snprintf(next, sizeof(next), "g%d", i + 1);

        for (int n = 0; n < 6; n++) {
            (void) json_array_append_new(list,
                json_pack("{s:{s:s}}", "$savedGroup", "id", next));
        }

        (void) json_object_set_new(groups, id,
            json_pack("{s:s,s:{s:o}}", "type", "condition", "condition",
                      "$and", list));
    }

    (void) json_object_set_new(groups, "g10",
        json_pack("{s:s,s:{s:i}}", "type", "condition", "condition", "a", 1));

    assert_null(smartmsg_condition_compile(condition, &with, &err));
    assert_string_equal(err.text, "the condition is too large");
    json_decref(condition);
    json_decref(groups);
    smartmsg_names_destroy(names);
}

/* It ends, and is no match. */
static void test_regex_bomb(void **state)
{
    char attributes[4200];
    size_t n = (size_t) snprintf(attributes, sizeof(attributes), "{\"a\":\"");

    (void) state;
    memset(attributes + n, 'a', 4000);
    strcpy(attributes + n + 4000, "!\"}");

    expect("{\"a\":{\"$regex\":\"^(a+)+$\"}}", attributes, SMARTMSG_NO);
    expect("{\"a\":{\"$regex\":\"^(([a-z])+.)+[A-Z]([a-z])+$\"}}", attributes,
           SMARTMSG_NO);
    expect("{\"a\":{\"$regex\":\"a+!$\"}}", attributes, SMARTMSG_YES);

    /* the second alternative would match, if the first ended in time */
    expect("{\"a\":{\"$regex\":\"^(?:(?:a|aa)+c|a+b)$\"}}",
           "{\"a\":\"aaaaab\"}", SMARTMSG_YES);
    expect("{\"a\":{\"$regex\":\"^(?:(?:a|aa)+c|a+b)$\"}}",
           "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}", SMARTMSG_NO);
}

static const smartmsg_value_t *fixed_get(void *data, uint32_t slot)
{
    (void) slot;
    return data;
}

static int eval_value(const char *text, smartmsg_value_t value)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_facts_t facts = { .get = fixed_get, .data = &value };
    smartmsg_error_t err;
    smartmsg_condition_t *condition = compile(text, names, false, NULL, &err);
    int verdict;

    assert_non_null(condition);
    verdict = (int) smartmsg_condition_eval(condition, &facts);
    smartmsg_condition_free(condition);
    smartmsg_names_destroy(names);
    return verdict;
}

/* Facts come from visitors: any bytes, no NUL at the end. */
static void test_foreign_bytes(void **state)
{
    smartmsg_value_t bytes = smartmsg_value_string("a\xff\xc3", 3);

    (void) state;
    assert_int_equal(eval_value("{\"s\":{\"$regex\":\"^a$\"}}", bytes), 0);
    assert_int_equal(eval_value("{\"s\":{\"$regex\":\"a\"}}", bytes), 1);
    assert_int_equal(eval_value("{\"s\":{\"$ini\":[\"A\"]}}", bytes), 0);
    assert_int_equal(eval_value("{\"s\":{\"$gt\":\"a\"}}", bytes), 1);
    assert_int_equal(eval_value("{\"s\":{\"$gt\":0}}", bytes), 0);
    assert_int_equal(eval_value("{\"s\":{\"$vgt\":\"0\"}}", bytes), 1);
    assert_int_equal(eval_value("{\"s\":\"\"}",
                                smartmsg_value_string(NULL, 0)), 1);
    assert_int_equal(eval_value("{\"s\":{\"$regex\":\"^$\"}}",
                                smartmsg_value_string(NULL, 0)), 1);
    assert_int_equal(eval_value("{\"s\":{\"$in\":[\"\",\"x\"]}}",
                                smartmsg_value_string(NULL, 0)), 1);
}

/* A large list is found by bisection, whatever its types. */
static void test_large_set(void **state)
{
    json_t *list = json_array();
    json_t *json = json_pack("{s:{s:o}}", "a", "$in", list);
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_compile_t with = { .names = names };
    smartmsg_condition_t *condition;
    smartmsg_value_t value;
    smartmsg_facts_t facts = { .get = fixed_get, .data = &value };

    (void) state;

    for (int i = 0; i < 5000; i++) {
        char text[16];

        (void) snprintf(text, sizeof(text), "user%d", i * 2);
        (void) json_array_append_new(list, json_string(text));
        (void) json_array_append_new(list, json_integer(5000 - i));
    }

    condition = smartmsg_condition_compile(json, &with, NULL);
    assert_non_null(condition);
    value = smartmsg_value_string("user9998", 8);
    assert_int_equal(smartmsg_condition_eval(condition, &facts), 1);
    value = smartmsg_value_string("user9999", 8);
    assert_int_equal(smartmsg_condition_eval(condition, &facts), 0);
    value = smartmsg_value_number(1);
    assert_int_equal(smartmsg_condition_eval(condition, &facts), 1);
    value = smartmsg_value_number(5001);
    assert_int_equal(smartmsg_condition_eval(condition, &facts), 0);
    value = smartmsg_value_missing();
    assert_int_equal(smartmsg_condition_eval(condition, &facts), 0);

    smartmsg_condition_free(condition);
    json_decref(json);
    smartmsg_names_destroy(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_lazy),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_ways),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_saved_group_errors),
        cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_regex_bomb),
        cmocka_unit_test(test_foreign_bytes),
        cmocka_unit_test(test_large_set)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
