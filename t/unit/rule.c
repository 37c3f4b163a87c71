#include "support_names.h"

#include "core/rule.h"

#define VALUE "{'when': [{'on': 'exit'}], 'show': {'as': 'dialog', " \
              "'title': 'Hi'}}"

/* Like J(): ' stands for ". */
static smartmsg_rule_t *parse(const char *text, smartmsg_error_t *err)
{
    char *copy = strdup(text);

    assert_non_null(copy);

    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }

    smartmsg_rule_t *rule = smartmsg_rule_parse(S("r"), S(copy), names, err);

    free(copy);

    return rule;
}

static smartmsg_rule_t *good(const char *text)
{
    smartmsg_error_t err;
    smartmsg_rule_t *rule = parse(text, &err);

    if (rule == NULL) {
        fail_msg("%s: %d:%d: %s: %s", text, err.line, err.column, err.path,
                 err.text);
    }

    return rule;
}

static void check_error(const char *text, int line, const char *path,
                        const char *part)
{
    smartmsg_error_t err;
    smartmsg_rule_t *rule = parse(text, &err);

    if (rule != NULL) {
        fail_msg("%s is accepted", text);
    }

    if (err.line != line || strcmp(err.path, path) != 0
        || strstr(err.text, part) == NULL)
    {
        fail_msg("%s: error is %d:%d: %s: %s", text, err.line, err.column,
                 err.path, err.text);
    }
}

static void test_id(void **state)
{
    char id[66];

    (void)state;
    memset(id, 'a', sizeof(id));

    assert_true(smartmsg_rule_id_valid(S("exit-cart")));
    assert_true(smartmsg_rule_id_valid(S("0._-")));
    assert_true(smartmsg_rule_id_valid(smartmsg_str(id, 64)));
    assert_false(smartmsg_rule_id_valid(smartmsg_str(id, 65)));
    assert_false(smartmsg_rule_id_valid(S("")));
    assert_false(smartmsg_rule_id_valid(S("-a")));
    assert_false(smartmsg_rule_id_valid(S(".a")));
    assert_false(smartmsg_rule_id_valid(S("a b")));
    assert_false(smartmsg_rule_id_valid(S("a:b")));
    assert_false(smartmsg_rule_id_valid(S("a\xc3\xa4")));
    assert_false(smartmsg_rule_id_valid(smartmsg_str("a\0b", 3)));
}

static void test_plain(void **state)
{
    size_t n;
    smartmsg_rule_t *rule = good(
        "{'description': 'x', 'priority': 50, 'hashAttribute': 'id',"
        " 'rules': [{'condition': {'page.type': 'cart',"
        " 'cart.value': {'$gt': 50}}, 'force': " VALUE "}]}");

    (void)state;
    assert_str(smartmsg_rule_id(rule), "r");
    assert_true(smartmsg_rule_priority(rule) == 50);
    assert_int_equal(smartmsg_rule_kinds(rule),
                     SMARTMSG_TRIGGER_BIT(SMARTMSG_TRIGGER_EXIT));
    assert_true(smartmsg_rule_uses_cart(rule));
    assert_non_null(smartmsg_rule_slots(rule, &n));
    assert_int_equal(n, 2);
    assert_int_equal(smartmsg_rule_text(rule).data[0], '{');
    assert_true(smartmsg_rule_in_season(rule, 0));
    assert_true(smartmsg_rule_in_season(rule, INT64_MAX - 1));
    smartmsg_rule_unref(rule);
    smartmsg_rule_unref(NULL);
}

static void test_no_message(void **state)
{
    smartmsg_rule_t *rule = good("{}");

    (void)state;
    assert_int_equal(smartmsg_rule_kinds(rule), 0);
    assert_false(smartmsg_rule_uses_cart(rule));
    assert_true(smartmsg_rule_priority(rule) == 0);
    smartmsg_rule_unref(rule);

    rule = good("{'defaultValue': null, 'rules': [{'force': null}]}");
    assert_int_equal(smartmsg_rule_kinds(rule), 0);
    smartmsg_rule_unref(rule);
}

/* Every value of the feature has its message. */
static void test_messages(void **state)
{
    size_t found = 0;
    smartmsg_rule_t *rule = good(
        "{'defaultValue': " VALUE ", 'rules': [{'force': " VALUE "},"
        " {'variations': [null, " VALUE ", " VALUE "], 'key': 'e'},"
        " {'force': " VALUE "}, {'force': " VALUE "}]}");

    (void)state;

    for (size_t i = 0;; i++) {
        const json_t *value;

        value = smartmsg_feature_value(smartmsg_rule_feature(rule), i, NULL);

        if (value == NULL) {
            break;
        }

        assert_true(json_is_null(value)
                    == (smartmsg_rule_message(rule, value) == NULL));
        found += !json_is_null(value);
    }

    json_t *other = J(VALUE);

    assert_int_equal(found, 6);
    assert_null(smartmsg_rule_message(rule, other));
    json_decref(other);
    smartmsg_rule_unref(rule);
}

static void test_misspelt(void **state)
{
    smartmsg_rule_t *rule;

    (void)state;
    check_error("{'ruels': []}", 1, "ruels", "is \"rules\" meant?");
    check_error("{'rules': [{'condtion': {'a': 1}, 'force': " VALUE "}]}", 1,
                "rules[0].condtion", "is \"condition\" meant?");

    /* members of other tools, and both spellings side by side */
    rule = good("{'owner': 'a', 'tags': [], 'rules': [{'condition': {}, 'conditions': 1,"
                " 'savedGroupTargeting': [], 'force': " VALUE "}]}");
    smartmsg_rule_unref(rule);
}

static void test_signals(void **state)
{
    const char *const facts[] = {"cart.items", "session.orders",
                                 "visitor.orders", "visitor.revenue"};

    (void)state;

    for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
        char text[512];
        smartmsg_rule_t *rule;

        snprintf(text, sizeof(text), "{'rules': [{'condition': {'%s': 0},"
                 " 'force': " VALUE "}]}", facts[i]);
        rule = good(text);
        assert_true(smartmsg_rule_uses_cart(rule));
        smartmsg_rule_unref(rule);
    }
}

static void test_references(void **state)
{
    smartmsg_rule_t *rule = good("{}");

    (void)state;
    assert_ptr_equal(smartmsg_rule_ref(rule), rule);
    smartmsg_rule_unref(rule);
    assert_str(smartmsg_rule_id(rule), "r");
    smartmsg_rule_unref(rule);
}

static void test_season(void **state)
{
    smartmsg_rule_t *rule = good("{'start': '2024-12-24', 'end': 1735084800}");

    (void)state;
    assert_false(smartmsg_rule_in_season(rule, 1734998399));
    assert_true(smartmsg_rule_in_season(rule, 1734998400));
    assert_true(smartmsg_rule_in_season(rule, 1735084799));
    assert_false(smartmsg_rule_in_season(rule, 1735084800));
    smartmsg_rule_unref(rule);

    check_error("{'start': 'tomorrow'}", 1, "start", "must be a date");
    check_error("{'start': -5}", 1, "start", "must be a date");
    check_error("{\n'start': '2024-01-02',\n'end': '2024-01-02'}", 3, "end",
                "not after start");
}

static void test_syntax_errors(void **state)
{
    (void)state;

    check_error("", 1, "", "expected");
    check_error("{\n'a': 1,\n}", 3, "", "expected");
    check_error("{'a': 1, 'a': 2}", 1, "", "duplicate");
    check_error("{'a':\n'\xff'}", 2, "", "decode");
    check_error("{'a': 1e999}", 1, "", "overflow");
    check_error("{'a': NaN}", 1, "", "invalid");
    check_error("{} x", 1, "", "end of file");
    check_error("[]", 0, "", "must be an object");
    check_error("'x'", 1, "", "expected");
    check_error("{'a': '\\u0000'}", 1, "", "u0000");
    check_error("{'a': '\\ud800'}", 1, "", "invalid Unicode");
}

static void test_semantic_errors(void **state)
{
    (void)state;

    check_error("{'priority': 'high'}", 1, "priority", "a number");
    check_error("{\n'rules': [\n{'force': " VALUE "},\n{'force': {'show': 1}}]}",
                4, "rules[1].force.when", "missing");
    check_error("{\n'rules': [{'variations': [null,\n {'when': 1}]}]}", 3,
                "rules[0].variations[1].when", "list");
    check_error("{'defaultValue':\n {'show': {}, 'whem': []}}", 2,
                "defaultValue.whem", "\"when\"");
    check_error("{'defaultValue': true}", 1, "defaultValue", "not true");
    check_error("{'rules': [\n{'condition': {'a.b': {\n'$gtt': 1}}, "
                "'force': null}]}", 3, "rules[0].condition.a.b.$gtt", "$gt?");
    check_error("{'rules': [{'force': null},\n{'froce': null}]}", 2,
                "rules[1].froce", "\"force\"");
    check_error("{'rules': [{'force': null},\n{'id': 'x'}]}", 2, "rules[1]",
                "does nothing");
}

static void test_bad_ids(void **state)
{
    smartmsg_error_t err;

    (void)state;
    assert_null(smartmsg_rule_parse(S("a b"), S("{}"), names, &err));
    assert_non_null(strstr(err.text, "name"));
    assert_null(smartmsg_rule_parse(S(""), S("{}"), names, NULL));
}

static void test_limits(void **state)
{
    smartmsg_error_t err;
    char *text = malloc(SMARTMSG_RULE_TEXT_MAX + 1);
    char deep[200];

    (void)state;
    assert_non_null(text);
    memset(text, ' ', SMARTMSG_RULE_TEXT_MAX + 1);
    memcpy(text, "{}", 2);

    smartmsg_rule_t *rule = smartmsg_rule_parse(
        S("r"), smartmsg_str(text, SMARTMSG_RULE_TEXT_MAX), names, &err);

    assert_non_null(rule);
    smartmsg_rule_unref(rule);
    assert_null(smartmsg_rule_parse(
        S("r"), smartmsg_str(text, SMARTMSG_RULE_TEXT_MAX + 1), names, &err));
    assert_non_null(strstr(err.text, "too long"));
    free(text);

    /* an object with 31 lists in it is 32 deep */
    (void)snprintf(deep, sizeof(deep), "{\"x\":%.*s%.*s}", 31,
                   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 31,
                   "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    rule = smartmsg_rule_parse(S("r"), S(deep), names, &err);
    assert_non_null(rule);
    smartmsg_rule_unref(rule);

    (void)snprintf(deep, sizeof(deep), "{\"x\":%.*s%.*s}", 32,
                   "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 32,
                   "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    assert_null(smartmsg_rule_parse(S("r"), S(deep), names, &err));
    assert_non_null(strstr(err.text, "32 deep"));
}

static void test_byte_order_mark(void **state)
{
    smartmsg_rule_t *rule = good("\xef\xbb\xbf{'priority': 1}");

    (void)state;
    assert_true(smartmsg_rule_priority(rule) == 1);
    assert_int_equal(smartmsg_rule_text(rule).len, 18);
    smartmsg_rule_unref(rule);
    check_error("\xef\xbb\xbf{\n'priority': []}", 2, "priority", "a number");
}

static void test_terms(void **state)
{
    smartmsg_rule_t *rule = good("{'goal': 'sign-up', 'group': 'Offers.1', "
                                 "'urgent': true}");

    (void)state;
    assert_str(smartmsg_rule_goal(rule), "sign-up");
    assert_false(smartmsg_rule_uses_cart(rule));
    assert_str(smartmsg_rule_group(rule), "Offers.1");
    assert_true(smartmsg_rule_urgent(rule));
    smartmsg_rule_unref(rule);

    rule = good("{}");
    assert_int_equal(smartmsg_rule_goal(rule).len, 0);
    assert_int_equal(smartmsg_rule_group(rule).len, 0);
    assert_false(smartmsg_rule_urgent(rule));
    smartmsg_rule_unref(rule);
}

/* Who says "until converted" means an order, unless there is a goal. */
static void test_goal_of_cap(void **state)
{
    static const char value[] =
        "{'when': [{'on': 'exit'}], 'cap': {'until': 'convert'}, "
        "'show': {'as': 'dialog', 'title': 'Hi'}}";
    char text[500];

    (void)state;
    (void)snprintf(text, sizeof(text), "{'rules': [{'force': " VALUE "}], "
                   "'defaultValue': %s}", value);

    smartmsg_rule_t *rule = good(text);

    assert_str(smartmsg_rule_goal(rule), "order");
    assert_true(smartmsg_rule_uses_cart(rule));
    smartmsg_rule_unref(rule);

    (void)snprintf(text, sizeof(text), "{'goal': 'cart', 'defaultValue': %s}",
                   value);
    rule = good(text);
    assert_str(smartmsg_rule_goal(rule), "cart");
    assert_true(smartmsg_rule_uses_cart(rule));
    smartmsg_rule_unref(rule);
}

static void test_bad_terms(void **state)
{
    (void)state;
    check_error("{\n'goal': 1}", 2, "goal", "must be a name");
    check_error("{\n'goal': ''}", 2, "goal", "must be a name");
    check_error("{\n'goal': 'a b'}", 2, "goal", "must be a name");
    check_error("{\n'goal': null}", 2, "goal", "must be a name");
    check_error("{\n'goal': 'click'}", 2, "goal", "\"until\"");
    check_error("{\n'goal': 'impression'}", 2, "goal", "\"order\"");
    check_error("{\n'group': []}", 2, "group", "must be a name");
    check_error("{\n'group': '*'}", 2, "group", "must be a name");
    check_error("{\n'urgent': 1}", 2, "urgent", "true or false");
    check_error("{\n'urgent': 'yes'}", 2, "urgent", "true or false");
}

/* How a browser names one of several messages. */
static void test_message_numbers(void **state)
{
    smartmsg_rule_t *rule = good(
        "{'defaultValue': null, 'rules': [{'force': " VALUE "},"
        " {'variations': [null, " VALUE "]}]}");
    const smartmsg_message_t *first = smartmsg_rule_message_at(rule, 0);
    const smartmsg_message_t *second = smartmsg_rule_message_at(rule, 1);

    (void)state;
    assert_non_null(first);
    assert_non_null(second);
    assert_ptr_not_equal(first, second);
    assert_null(smartmsg_rule_message_at(rule, 2));
    assert_null(smartmsg_rule_message_at(rule, (size_t)-1));
    assert_int_equal(smartmsg_rule_message_number(rule, first), 0);
    assert_int_equal(smartmsg_rule_message_number(rule, second), 1);
    smartmsg_rule_unref(rule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_no_message),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_misspelt),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_season),
        cmocka_unit_test(test_syntax_errors),
        cmocka_unit_test(test_semantic_errors),
        cmocka_unit_test(test_bad_ids),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_goal_of_cap),
        cmocka_unit_test(test_bad_terms),
        cmocka_unit_test(test_message_numbers),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
