#include "support_rules.h"

#include "core/when.h"

#define EXIT_BIT SMARTMSG_TRIGGER_BIT(SMARTMSG_TRIGGER_EXIT)
#define IDLE_BIT SMARTMSG_TRIGGER_BIT(SMARTMSG_TRIGGER_IDLE)
#define LOAD_BIT SMARTMSG_TRIGGER_BIT(SMARTMSG_TRIGGER_LOAD)
#define SCROLL_BIT SMARTMSG_TRIGGER_BIT(SMARTMSG_TRIGGER_SCROLL)
#define ALL_BITS (SMARTMSG_TRIGGER_BIT(SMARTMSG_TRIGGER_KINDS) - 1)

static smartmsg_when_t *parse(const char *text)
{
    smartmsg_path_t path = {0};
    smartmsg_error_t err;
    json_t *value = J(text);
    smartmsg_when_t *when = smartmsg_when_parse(value, &path, &err);

    json_decref(value);

    if (when == NULL) {
        fail_msg("%s: %s: %s", text, err.path, err.text);
    }

    assert_int_equal(path.len, 0);

    return when;
}

/* The JSON of the entries with " for the reference. */
static void check_entries(const smartmsg_when_t *when,
                          smartmsg_when_set_t entries, const char *expected)
{
    char out[1000], text[1000];
    size_t len = smartmsg_when_write(when, entries, NULL);
    size_t n = 0;

    assert_in_range(len, 0, sizeof(out) - 1);
    assert_int_equal(smartmsg_when_write(when, entries, out), len);
    out[len] = '\0';

    for (const char *p = out; *p; p++) {
        if (strncmp(p, "&quot;", 6) == 0) {
            text[n++] = '\'';
            p += 5;
        } else {
            text[n++] = *p;
        }
    }

    text[n] = '\0';
    assert_string_equal(text, expected);
}

static void check_json(const char *text, const char *expected)
{
    smartmsg_when_t *when = parse(text);

    check_entries(when, smartmsg_when_all(when), expected);
    smartmsg_when_free(when);
}

static void check_error(const char *text, const char *path, const char *part)
{
    smartmsg_path_t at = {0};
    smartmsg_error_t err;
    json_t *value = J(text);

    if (smartmsg_when_parse(value, &at, &err) != NULL) {
        fail_msg("%s is accepted", text);
    }

    json_decref(value);

    if (strcmp(err.path, path) != 0 || strstr(err.text, part) == NULL) {
        fail_msg("%s: error is at %s: %s", text, err.path, err.text);
    }
}

static void test_json(void **state)
{
    static const char *const cases[][2] = {
        {"[{'on': 'exit'}]", "{'on':'exit','after':3}"},
        {"[{'on': 'idle'}]", "{'on':'idle','after':30}"},
        {"[{'on': 'dwell'}]", "{'on':'dwell','after':30}"},
        {"[{'on': 'load'}]", "{'on':'load','after':0}"},
        {"[{'on': 'scroll'}]", "{'on':'scroll','after':0}"},
        {"[{'on': 'view', 'select': '#a'}]",
         "{'on':'view','after':1,'select':'#a'}"},
        {"[{'on': 'click', 'select': '#a'}]",
         "{'on':'click','after':0,'select':'#a'}"},
        {"[{'on': 'form'}]", "{'on':'form','after':15}"},
        {"[{'on': 'cart'}]", "{'on':'cart','after':60}"},
        {"[{'on': 'event', 'name': 'x'}]",
         "{'on':'event','after':0,'name':'x'}"},
        {"[{'on': 'copy'}]", "{'on':'copy','after':0}"},
        {"[{'on': 'rage'}]", "{'on':'rage','after':0}"},

        {"[{'after': 0.0625, 'on': 'exit'}]", "{'on':'exit','after':0.063}"},
        {"[{'on': 'load', 'after': 0.005}]", "{'on':'load','after':0.005}"},
        {"[{'on': 'load', 'after': 86400}]", "{'on':'load','after':86400}"},
        {"[{'session': true, 'on': 'dwell'}]",
         "{'on':'dwell','after':30,'session':true}"},
        {"[{'session': false, 'on': 'dwell'}]",
         "{'on':'dwell','after':30,'session':false}"},
        {"[{'direction': 'up', 'depth': 100, 'on': 'scroll'}]",
         "{'on':'scroll','after':0,'depth':100,'direction':'up'}"},
        {"[{'on': 'form', 'sign': 'abandon', 'select': '.a > b'}]",
         "{'on':'form','after':15,'select':'.a &gt; b','sign':'abandon'}"},
        {"[{'on': 'copy', 'select': '[a=\\u0022\\u00e9)\\u0022]'}]",
         "{'on':'copy','after':0,'select':'[a=\\'\\u00e9)\\']'}"},
        {"[{'on': 'exit'}, {'on': 'load', 'minViews': 2}]",
         "{'on':'exit','after':3},{'on':'load','after':0}"},
        {"[{'minViews': 1000, 'all': [{'on': 'exit'}, {'on': 'scroll', "
         "'depth': 1}]}, {'on': 'rage'}]",
         "{'all':[{'on':'exit','after':3},"
         "{'on':'scroll','after':0,'depth':1}]},{'on':'rage','after':0}"},
    };

    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_json(cases[i][0], cases[i][1]);
    }
}

static void test_choose(void **state)
{
    smartmsg_when_t *when = parse(
        "[{'on': 'exit'}, {'all': [{'on': 'exit'}, {'on': 'scroll'}]},"
        "{'on': 'idle', 'minViews': 3}, {'on': 'load', 'minViews': 1}]");

    (void)state;
    assert_int_equal(smartmsg_when_all(when), 15);
    assert_int_equal(smartmsg_when_kinds(when, 15),
                     EXIT_BIT | SCROLL_BIT | IDLE_BIT | LOAD_BIT);
    assert_int_equal(smartmsg_when_kinds(when, 4), IDLE_BIT);
    assert_int_equal(smartmsg_when_kinds(when, 2), EXIT_BIT | SCROLL_BIT);
    assert_int_equal(smartmsg_when_kinds(when, 0), 0);

    assert_int_equal(smartmsg_when_choose(when, ALL_BITS, 3), 15);
    assert_int_equal(smartmsg_when_choose(when, ALL_BITS, 2), 11);
    assert_int_equal(smartmsg_when_choose(when, ALL_BITS, 0), 11);
    assert_int_equal(smartmsg_when_choose(when, ALL_BITS & ~SCROLL_BIT, 9), 13);
    assert_int_equal(smartmsg_when_choose(when, ALL_BITS & ~EXIT_BIT, 9), 12);
    assert_int_equal(smartmsg_when_choose(when, SCROLL_BIT, 9), 0);
    assert_int_equal(smartmsg_when_choose(when, 0, 9), 0);

    assert_int_equal(smartmsg_when_needs(when, 15), SMARTMSG_WHEN_VIEWS);
    assert_int_equal(smartmsg_when_needs(when, 11), 0);
    assert_int_equal(smartmsg_when_min_views(when), 1);
    check_entries(when, 9, "{'on':'exit','after':3},{'on':'load','after':0}");
    check_entries(when, 0, "");
    smartmsg_when_free(when);
    smartmsg_when_free(NULL);
}

static void test_needs(void **state)
{
    smartmsg_when_t *when = parse(
        "[{'on': 'dwell', 'session': true, 'minViews': 7}, {'on': 'cart', "
        "'minViews': 5}, {'on': 'dwell', 'session': false, 'minViews': 9},"
        "{'all': [{'on': 'cart'}, {'on': 'dwell', 'session': true}], "
        "'minViews': 6}]");

    (void)state;
    assert_int_equal(smartmsg_when_needs(when, 1),
                     SMARTMSG_WHEN_VIEWS | SMARTMSG_WHEN_SECONDS);
    assert_int_equal(smartmsg_when_needs(when, 2),
                     SMARTMSG_WHEN_VIEWS | SMARTMSG_WHEN_CART);
    assert_int_equal(smartmsg_when_needs(when, 4), SMARTMSG_WHEN_VIEWS);
    assert_int_equal(smartmsg_when_needs(when, 8), SMARTMSG_WHEN_VIEWS
                     | SMARTMSG_WHEN_SECONDS | SMARTMSG_WHEN_CART);
    assert_int_equal(smartmsg_when_min_views(when), 5);
    smartmsg_when_free(when);
}

static void test_names(void **state)
{
    smartmsg_trigger_e kind;

    (void)state;

    for (int i = 0; i < SMARTMSG_TRIGGER_KINDS; i++) {
        assert_true(smartmsg_trigger_find(smartmsg_trigger_name(i), &kind));
        assert_int_equal(kind, i);
    }

    assert_false(smartmsg_trigger_find(S("exi"), &kind));
    assert_false(smartmsg_trigger_find(S(""), &kind));
}

static void test_shapes(void **state)
{
    (void)state;

    check_error("{'on': 'exit'}", "when", "an object: when to show");
    check_error("[]", "when", "1 to 8");
    check_error("[1,2,3,4,5,6,7,8,9]", "when", "1 to 8");
    check_error("['exit']", "when[0]", "an object");
    check_error("[null]", "when[0]", "null");
    check_error("[{}]", "when[0].on", "missing");
    check_error("[{'on': 'leave'}]", "when[0].on", "one of exit, idle, dwell, "
                "load, scroll, view, click, form, cart, event, copy, rage");
    check_error("[{'on': 'exi'}]", "when[0].on", "is \"exit\" meant");
    check_error("[{'on': 5}]", "when[0].on", "must be one of");
    check_error("[{'on': 'exit', 'afer': 1}]", "when[0].afer", "\"after\"");
    check_error("[{'on': 'exit', 'after': '1'}]", "when[0].after",
                "number of seconds");
    check_error("[{'on': 'exit', 'after': -1}]", "when[0].after", "0 to 86400");
    check_error("[{'on': 'exit'}, {'on': 'load', 'after': 86401}]",
                "when[1].after", "0 to 86400");
}

static void test_groups(void **state)
{
    (void)state;

    check_error("[{'all': {'on': 'exit'}}]", "when[0].all", "is a list");
    check_error("[{'all': []}]", "when[0].all", "1 to 8");
    check_error("[{'all': [{'on': 'exit'}], 'on': 'load'}]", "when[0].on",
                "a group has no such member");
    check_error("[{'all': [{'on': 'exit'}, {'on': 'idel'}]}]",
                "when[0].all[1].on", "\"idle\"");
    check_error("[{'all': [{'all': [{'on': 'exit'}]}]}]", "when[0].all[0].on",
                "missing");
    check_error("[{'all': [{'on': 'exit', 'minViews': 2}]}]",
                "when[0].all[0].minViews", "no such member");
    check_error("[{'all': [{'on': 'exit'}], 'minViews': 0}]",
                "when[0].minViews", "1 to 1000");
    check_error("[{'on': 'exit', 'minViews': 1001}]", "when[0].minViews",
                "1 to 1000");
    check_error("[{'on': 'exit', 'minViews': 1.5}]", "when[0].minViews",
                "1 to 1000");
    check_error("[{'on': 'exit', 'minViews': null}]", "when[0].minViews",
                "1 to 1000");
    check_error("[{'on': 'exit', 'minviews': 2}]", "when[0].minviews",
                "no such member");
}

static void test_members(void **state)
{
    (void)state;

    check_error("[{'on': 'exit', 'depth': 5}]", "when[0].depth",
                "the trigger \"exit\" has no such member");
    check_error("[{'on': 'dwell', 'session': 1}]", "when[0].session",
                "true or false");
    check_error("[{'on': 'scroll', 'depth': 0}]", "when[0].depth", "1 to 100");
    check_error("[{'on': 'scroll', 'depth': 101}]", "when[0].depth",
                "1 to 100");
    check_error("[{'on': 'scroll', 'depth': '50%'}]", "when[0].depth",
                "1 to 100");
    check_error("[{'on': 'scroll', 'direction': 'left'}]",
                "when[0].direction", "\"down\" or \"up\"");
    check_error("[{'on': 'form', 'sign': 'x'}]", "when[0].sign",
                "\"hesitate\", \"errors\" or \"abandon\"");
    check_error("[{'on': 'view'}]", "when[0].select", "missing");
    check_error("[{'on': 'click', 'select': ''}]", "when[0].select",
                "1 to 256");
    check_error("[{'on': 'click', 'select': 'a\\nb'}]", "when[0].select",
                "1 to 256");
    check_error("[{'on': 'event'}]", "when[0].name", "missing");
    check_error("[{'on': 'event', 'name': 7}]", "when[0].name", "name of an");
    check_error("[{'on': 'copy', 'select': 'a[b'}]", "when[0].select",
                "no partner");
    check_error("[{'on': 'copy', 'select': ':is(a]'}]", "when[0].select",
                "no partner");
    check_error("[{'on': 'copy', 'select': 'a)'}]", "when[0].select",
                "no partner");
    check_error("[{'on': 'copy', 'select': '[a=\\u0022b]'}]", "when[0].select",
                "no partner");
    check_json("[{'on': 'copy', 'select': 'a\\\\[:is([b=\\u0022(\\u0022])'}]",
               "{'on':'copy','after':0,'select':'a\\\\[:is([b=\\'(\\'])'}");
}

/* A rule asks for what its moments need as if a condition did. */
static void test_facts(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();
    smartmsg_rule_t *rule = make_rule(
        names, "r", "{'rules': [{'condition': {'b': 1, 'session.seconds': {"
        "'$gt': 1}, 'a': 2}, 'force': {'show': {'as': 'dialog', 'title': 'T'},"
        "'when': [{'on': 'dwell', 'session': true, 'minViews': 2},"
        "{'on': 'cart'}]}}]}");
    size_t n;
    const uint32_t *slots = smartmsg_rule_slots(rule, &n);

    (void)state;
    assert_int_equal(n, 6);
    assert_true(smartmsg_rule_uses_cart(rule));

    for (size_t i = 1; i < n; i++) {
        assert_true(slots[i - 1] < slots[i]);
    }

    assert_int_equal(smartmsg_rule_moments(rule)->views,
                     smartmsg_names_lookup(names, "session.views", 13));
    smartmsg_rule_unref(rule);
    smartmsg_names_destroy(names);
}

#define MESSAGE_AT(when) "{'defaultValue': {'when': " when \
    ", 'show': {'as': 'bubble', 'title': 'T'}}}"

/* What is armed when the rules a, b, c ... of falling priority meet. */
static void test_decide(void **state)
{
    smartmsg_names_t *names = smartmsg_names_create();
    static const char *const texts[] = {
        MESSAGE_AT("[{'all': [{'on': 'exit'}, {'on': 'scroll'}], "
                   "'minViews': 3}, {'on': 'dwell', 'session': true}]"),
        MESSAGE_AT("[{'on': 'exit'}, {'on': 'cart'}]"),
        MESSAGE_AT("[{'on': 'scroll'}, {'all': [{'on': 'idle'}, "
                   "{'on': 'exit'}]}]"),
    };
    static const char *const ids[] = {"a", "b", "c"};
    smartmsg_ruleset_entry_t entries[3];
    smartmsg_decision_t decision;

    (void)state;

    for (size_t i = 0; i < 3; i++) {
        entries[i].rule = make_rule(names, ids[i], texts[i]);
        entries[i].on = true;
    }

    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, 3, true);

    /* the group comes too early and takes nothing */
    decide(set, names, "{'session': {'views': 2, 'seconds': 95.9}}", NULL, 0,
           &decision);
    assert_string_equal(decided(&decision), "a/:4 b/:101 c/:10");
    assert_int_equal(decision.armed[0].seconds, 95);
    assert_int_equal(decision.armed[0].entries, 2);
    assert_int_equal(decision.armed[1].items, 0);
    smartmsg_decision_release(&decision);

    /* now it takes both of its kinds, and nobody else's group is torn apart */
    decide(set, names, "{'session': {'views': 3, 'seconds': -1}, "
           "'cart': {'value': 9.5}}", NULL, 0, &decision);
    assert_string_equal(decided(&decision), "a/:15 b/:100");
    assert_int_equal(decision.armed[0].seconds, 0);
    assert_int_equal(decision.armed[1].items, 1);
    smartmsg_decision_release(&decision);

    decide(set, names, "{'cart': {'items': 3, 'value': 9.5}}", NULL, 0,
           &decision);
    assert_string_equal(decided(&decision), "a/:4 b/:101 c/:10");
    assert_int_equal(decision.armed[1].items, 3);
    smartmsg_decision_release(&decision);

    for (size_t i = 0; i < 3; i++) {
        smartmsg_rule_unref(entries[i].rule);
    }

    smartmsg_ruleset_unref(set);
    smartmsg_names_destroy(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_decide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
