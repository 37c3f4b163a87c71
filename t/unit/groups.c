#include "support_rules.h"

#include "core/catalog.h"
#include "core/groups.h"

/* Reads a group, text with ' for ", and checks the error; NULL: none. */
static void check_group(const char *text, const char *path, const char *error)
{
    smartmsg_error_t err;
    json_t *value = J(text);
    char *json = json_dumps(value, JSON_ENCODE_ANY);
    json_t *group = smartmsg_group_parse(S(json), &err);

    if (error == NULL) {
        assert_non_null(group);
        assert_true(json_equal(group, value));
    } else {
        assert_null(group);
        assert_string_equal(err.path, path);
        assert_string_equal(err.text, error);
    }

    json_decref(group);
    json_decref(value);
    free(json);
}

static void test_parse(void **state)
{
    smartmsg_error_t err;

    (void)state;
    check_group("[]", NULL, NULL);
    check_group("['a', 1, true]", NULL, NULL);
    check_group("{'type': 'list', 'attributeKey': 'id', 'values': ['a']}",
                NULL, NULL);
    check_group("{'type': 'condition', 'condition': {'a': 1}}", NULL, NULL);
    check_group("{'type': 'condition', 'condition':"
                " {'$savedGroup': {'id': 'later'}}}", NULL, NULL);

    check_group("['a', null]", "", "must be a list of texts, numbers and "
                "booleans, but has null");
    check_group("{'a': 1}", "type", "must be \"list\" or \"condition\"");
    check_group("{'type': 'set'}", "type",
                "must be \"list\" or \"condition\"");
    check_group("{'type': 'list', 'attributeKey': 'id'}", "values",
                "must be a list");
    check_group("{'type': 'list', 'values': []}", "attributeKey",
                "must be the name of a fact");
    check_group("{'type': 'condition'}", "condition", "must be an object");
    check_group("{'type': 'condition', 'condition': {'a': {'$gtt': 1}}}",
                "condition.a.$gtt", "unknown operator, did you mean $gt?");

    assert_null(smartmsg_group_parse(S(""), &err));
    assert_null(smartmsg_group_parse(S("[1"), &err));
    assert_true(err.line == 1);
    assert_null(smartmsg_group_parse(S("7"), &err));
    assert_null(smartmsg_group_parse(S("{\"type\": 1, \"type\": 2}"), &err));
    assert_null(smartmsg_group_parse(S("[\"\xff\"]"), &err));

    char *large = malloc(SMARTMSG_GROUP_TEXT_MAX + 1);

    assert_non_null(large);
    memset(large, ' ', SMARTMSG_GROUP_TEXT_MAX + 1);
    assert_null(smartmsg_group_parse(smartmsg_str(large,
                                                  SMARTMSG_GROUP_TEXT_MAX + 1),
                                     &err));
    assert_non_null(strstr(err.text, "is too long"));
    free(large);
}

static smartmsg_names_t *names;
static smartmsg_catalog_t *catalog;
static char bad[300];

static int set_up(void **state)
{
    (void)state;
    names = smartmsg_names_create();
    catalog = smartmsg_catalog_new(names);

    return catalog == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);

    return 0;
}

static void on_bad_group(void *data, smartmsg_str_t id,
                         const smartmsg_error_t *err)
{
    (void)data;
    snprintf(bad + strlen(bad), sizeof(bad) - strlen(bad), "%.*s: %s; ",
             (int)id.len, id.data, err->text);
}

/* One group and one rule; returns what is decided for the id "x". */
static const char *decide_with(const char *group, const char *rule)
{
    static char text[1000];
    smartmsg_catalog_report_t report = {.bad_group = on_bad_group};
    smartmsg_kv_t groups = {S("vip"), S(group ? group : "")};
    smartmsg_kv_t rules = {S("r"), S(rule)};
    smartmsg_catalog_input_t input = {.rules = &rules, .n_rules = 1};
    smartmsg_decision_t decision;

    bad[0] = '\0';
    assert_true(smartmsg_catalog_set_groups(catalog, &groups, group ? 1 : 0,
                                            &report));
    assert_true(smartmsg_catalog_update(catalog, &input, NULL));
    decide(smartmsg_catalog_ruleset(catalog), names, "{'id': 'x', 'n': 7}",
           NULL, 0, &decision);
    snprintf(text, sizeof(text), "%s", decided(&decision));
    smartmsg_decision_release(&decision);

    return text;
}

#define RULE(condition)                                                       \
    "{\"rules\": [{\"condition\": " condition ", \"force\": {\"when\": "      \
    "[{\"on\": \"exit\"}], \"show\": {\"as\": \"dialog\", \"title\": \"x\"}}}]}"

static void test_rules_follow(void **state)
{
    static const char in[] = RULE("{\"id\": {\"$inGroup\": \"vip\"}}");
    static const char out[] = RULE("{\"id\": {\"$notInGroup\": \"vip\"}}");
    static const char saved[] = RULE("{\"$savedGroup\": {\"id\": \"vip\"}}");

    (void)state;
    assert_string_equal(decide_with(NULL, in), "");
    assert_string_equal(decide_with("[\"x\", \"y\"]", in), "r/:1");
    assert_string_equal(decide_with("[\"y\"]", in), "");
    assert_string_equal(decide_with("[\"x\"]", in), "r/:1");

    /* what is wrong leaves the group as it was */
    assert_string_equal(decide_with("[\"y\", {}]", in), "r/:1");
    assert_non_null(strstr(bad, "vip: must be a list of texts"));
    assert_string_equal(decide_with("[", in), "r/:1");
    assert_string_equal(decide_with(NULL, in), "");

    assert_string_equal(decide_with(NULL, out), "r/:1");
    assert_string_equal(decide_with("[\"x\"]", out), "");

    assert_string_equal(decide_with(NULL, saved), "");
    assert_string_equal(decide_with("{\"type\": \"list\", \"attributeKey\": "
                                    "\"n\", \"values\": [7]}", saved), "r/:1");
    assert_string_equal(decide_with("{\"type\": \"condition\", \"condition\": "
                                    "{\"n\": {\"$gt\": 7}}}", saved), "");
    assert_string_equal(decide_with("{\"type\": \"condition\", \"condition\": "
                                    "{\"n\": {\"$gt\": 6}}}", saved), "r/:1");

    /* in a circle: the rule stays as it was */
    assert_string_equal(decide_with("{\"type\": \"condition\", \"condition\": "
                                    "{\"$savedGroup\": {\"id\": \"vip\"}}}",
                                    saved), "r/:1");
}

static void test_names(void **state)
{
    char id[SMARTMSG_CATALOG_GROUP_ID_MAX + 1];
    smartmsg_catalog_report_t report = {.bad_group = on_bad_group};
    smartmsg_kv_t fields[] = {
        {S("\xff"), S("[]")}, {smartmsg_str("a\0b", 3), S("[]")},
        {smartmsg_str(id, sizeof(id)), S("[]")},
        {smartmsg_str(id, sizeof(id) - 1), S("[]")}, {S("grp_1"), S("[]")},
    };

    (void)state;
    memset(id, 'g', sizeof(id));
    assert_true(smartmsg_catalog_set_groups(catalog, fields, 5, &report));
    assert_int_equal(json_object_size(smartmsg_catalog_groups(catalog)), 2);
}

/* A rule that asks about no group is not compiled anew. */
static void test_others_stay(void **state)
{
    static const char plain[] = RULE("{\"id\": \"x\"}");
    static const char in[] = RULE("{\"id\": {\"$not\": {\"$inGroup\": "
                                  "\"vip\"}}}");

    (void)state;
    (void)decide_with("[\"a\"]", plain);

    smartmsg_ruleset_t *set = smartmsg_catalog_ruleset(catalog);

    (void)decide_with("[\"b\"]", plain);
    assert_ptr_equal(smartmsg_catalog_ruleset(catalog), set);
    (void)decide_with("[\"b\"]", in);
    set = smartmsg_catalog_ruleset(catalog);
    (void)decide_with("[ \"b\" ]", in);
    assert_ptr_equal(smartmsg_catalog_ruleset(catalog), set);
    (void)decide_with("[\"c\"]", in);
    assert_ptr_not_equal(smartmsg_catalog_ruleset(catalog), set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test_setup_teardown(test_rules_follow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_others_stay, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
