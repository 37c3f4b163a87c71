#include "support.h"

#include "core/explain.h"

/* The explanation as text: "WHY PATH FACT OP EXPECTED not". */
static const char *tell(const smartmsg_explanation_t *out)
{
    static const char *const why[] = {
        "applies", "condition", "prerequisite", "filter", "rollout",
        "experiment", "nothing", "no memory"
    };
    static char text[600];
    char *expected = out->expected == NULL ? NULL
        : json_dumps(out->expected, JSON_ENCODE_ANY | JSON_COMPACT);

    snprintf(text, sizeof(text), "%s|%s|%.*s|%s|%s|%s", why[out->why],
             out->path.text, (int)out->fact.len, out->fact.data, out->op,
             expected ? expected : "", out->negated ? "not" : "");
    free(expected);

    return text;
}

static void check_condition(const char *condition, const char *facts,
                            const char *expected)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_json_facts_t from;
    smartmsg_explanation_t out;
    json_t *object = J(facts), *json = J(condition);
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, object);

    memset(&out, 0, sizeof(out));

    bool failed = smartmsg_explain_condition(json, names, &getter, &out);

    assert_int_equal(failed, out.why == SMARTMSG_EXPLAIN_CONDITION);
    assert_string_equal(failed ? tell(&out) : "applies", expected);

    json_decref(json);
    json_decref(object);
    smartmsg_names_destroy(names);
}

static void test_facts(void **state)
{
    (void)state;
    check_condition("{}", "{}", "applies");
    check_condition("{'a': 1}", "{'a': 1}", "applies");
    check_condition("{'a': 1, 'b': 2}", "{'a': 1}", "condition|b|b||2|");
    check_condition("{'c.v': {'$gt': 5}}", "{'c': {'v': 5}}",
                    "condition|c.v.$gt|c.v|$gt|5|");
    check_condition("{'a': {'$gt': 5, '$lt': 9}}", "{'a': 9}",
                    "condition|a.$lt|a|$lt|9|");
    check_condition("{'a': {'$in': ['x', 'y']}}", "{'a': 'z'}",
                    "condition|a.$in|a|$in|[\"x\",\"y\"]|");
    check_condition("{'a': {'$not': {'$regex': '^x'}}}", "{'a': 'xyz'}",
                    "condition|a.$not|a|$not|{\"$regex\":\"^x\"}|");
    check_condition("{'l': {'$elemMatch': {'$gt': 1}}}", "{'l': [1]}",
                    "condition|l.$elemMatch|l|$elemMatch|{\"$gt\":1}|");
    check_condition("{'a': {'n': 1}}", "{'a': {'n': 2}}",
                    "condition|a|a||{\"n\":1}|");
}

static void test_logic(void **state)
{
    (void)state;
    check_condition("{'$and': [{'a': 1}, {'b': 2}]}", "{'a': 1}",
                    "condition|$and[1].b|b||2|");
    check_condition("{'$or': [{'a': 1}, {'b': 2}]}", "{'b': 2}", "applies");
    check_condition("{'$or': [{'a': 1}, {'b': 2}]}", "{}",
                    "condition|$or||$or|[{\"a\":1},{\"b\":2}]|");
    check_condition("{'$or': [{'a': {'$gt': 1}}]}", "{'a': 1}",
                    "condition|$or[0].a.$gt|a|$gt|1|");
    check_condition("{'$nor': [{'a': 1}, {'b': 2}]}", "{'b': 2}",
                    "condition|$nor[1].b|b||2|not");
    check_condition("{'$not': {'a': {'$lt': 5}}}", "{'a': 2}",
                    "condition|$not.a.$lt|a|$lt|5|not");
    check_condition("{'$not': {'a': 1, 'b': 2}}", "{'a': 1, 'b': 2}",
                    "condition|$not|||{\"a\":1,\"b\":2}|not");
    check_condition("{'$not': {'a': 1, 'b': 2}}", "{'a': 1}", "applies");
    check_condition("{'$not': {'a': {'$gt': 1, '$lt': 5}}}", "{'a': 2}",
                    "condition|$not.a|a||{\"$gt\":1,\"$lt\":5}|not");
    check_condition("{'$not': {'$or': [{'a': 1}, {'b': 2}]}}", "{'a': 1}",
                    "condition|$not.$or[0].a|a||1|not");
    check_condition("{'$not': {'$and': [{'a': 1}, {'b': 2}]}}",
                    "{'a': 1, 'b': 2}",
                    "condition|$not.$and||$and|[{\"a\":1},{\"b\":2}]|not");
    check_condition("{'$not': {'$nor': [{'a': 1}]}}", "{}",
                    "condition|$not.$nor[0].a|a||1|");
}

static void check_entry(const char *definition, const char *facts,
                        const char *expected)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_json_facts_t from;
    smartmsg_explanation_t out;
    json_t *object = J(facts), *json = J(definition);
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = { .facts = &getter };

    smartmsg_explain_entry(S("rule"), json, 0, names, &context, &out);
    assert_string_equal(tell(&out), expected);

    json_decref(json);
    json_decref(object);
    smartmsg_names_destroy(names);
}

static void test_entries(void **state)
{
    (void)state;
    check_entry("{'rules': [{'force': 1}]}", "{}", "applies|rules[0]||||");
    check_entry("{'rules': [{'condition': {'a': 1}, 'force': 1}]}", "{}",
                "condition|rules[0].condition.a|a||1|");
    check_entry("{'rules': [{'force': 1, 'coverage': 0}]}", "{'id': 'x'}",
                "rollout|rules[0].coverage|id||0|");
    check_entry("{'rules': [{'force': 1, 'coverage': 1,"
                "'hashAttribute': 'mail'}]}", "{'id': 'x'}",
                "rollout|rules[0].coverage|mail||1|");
    check_entry("{'rules': [{'variations': [1, 2], 'coverage': 0}]}",
                "{'id': 'x'}", "experiment|rules[0]|id|||");
    check_entry("{'rules': [{'variations': [1, 2]}]}",
                "{'id': 'x'}", "applies|rules[0]||||");
    check_entry("{'rules': [{'variations': [1, 2], 'condition': {'a': 1}}]}",
                "{'id': 'x'}", "condition|rules[0].condition.a|a||1|");
    check_entry("{'rules': [{'force': 1, 'filters': [{'seed': 's',"
                "'ranges': [[0, 0]]}]}]}", "{'id': 'x'}",
                "filter|rules[0].filters|||[{\"seed\":\"s\",\"ranges\":"
                "[[0,0]]}]|");
    check_entry("{'rules': [{'force': 1, 'parentConditions': [{'id': 'p',"
                "'condition': {'value': 1}}]}]}", "{}",
                "prerequisite|rules[0].parentConditions|||[{\"id\":\"p\","
                "\"condition\":{\"value\":1}}]|");
    check_entry("{'rules': [{}]}", "{}", "nothing|rules[0]||||");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_logic),
        cmocka_unit_test(test_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
