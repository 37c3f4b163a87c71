#include "support_names.h"
#include "support_rules.h"

/* The set takes the only reference of each rule. */
static smartmsg_ruleset_t *make_set(smartmsg_ruleset_entry_t *entries, size_t n,
                                    bool on)
{
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, n, on);

    assert_non_null(set);

    for (size_t i = 0; i < n; i++) {
        smartmsg_rule_unref(entries[i].rule);
    }

    return set;
}

static smartmsg_ruleset_entry_t on(const char *id, const char *text)
{
    return (smartmsg_ruleset_entry_t){make_rule(names, id, text), true};
}

static smartmsg_ruleset_entry_t off(const char *id, const char *text)
{
    return (smartmsg_ruleset_entry_t){make_rule(names, id, text), false};
}

static void check(smartmsg_ruleset_t *set, const char *facts,
                  const smartmsg_seen_t *seen, int64_t now,
                  const char *expected)
{
    smartmsg_decision_t decision;

    decide(set, names, facts, seen, now, &decision);
    assert_string_equal(decided(&decision), expected);
    smartmsg_decision_release(&decision);
    smartmsg_decision_release(&decision);
}

static void test_empty(void **state)
{
    size_t n = 99;
    smartmsg_ruleset_t *set = make_set(NULL, 0, true);

    (void)state;
    assert_true(smartmsg_ruleset_empty(set));
    assert_false(smartmsg_ruleset_uses_cart(set));
    (void)smartmsg_ruleset_slots(set, &n);
    assert_int_equal(n, 0);
    assert_null(smartmsg_ruleset_find(set, S("a"), NULL));
    check(set, "{}", NULL, 0, "");
    smartmsg_ruleset_unref(set);
    smartmsg_ruleset_unref(NULL);
}

static void test_order(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("b", "{'defaultValue': " MESSAGE(EXIT) "}"),
        on("a", "{'defaultValue': " MESSAGE(EXIT) ", 'priority': -1}"),
        on("d", "{'defaultValue': " MESSAGE(IDLE) ", 'priority': 2.5}"),
        on("c", "{'defaultValue': " MESSAGE(IDLE) ", 'priority': 2.5}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 4, true);

    (void)state;
    assert_false(smartmsg_ruleset_empty(set));
    assert_int_equal(smartmsg_ruleset_size(set), 4);
    check(set, "{}", NULL, 0, "c/:2 b/:1");
    smartmsg_ruleset_unref(set);
}

/* A message keeps those of its kinds that nobody before it has taken. */
static void test_kinds(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'priority': 4, 'defaultValue': " MESSAGE(IDLE) "}"),
        on("b", "{'priority': 3, 'defaultValue': " MESSAGE(EXIT "," IDLE) "}"),
        on("c", "{'priority': 2, 'defaultValue': " MESSAGE(EXIT) "}"),
        on("d", "{'priority': 1, 'defaultValue': "
           MESSAGE(LOAD "," DWELL "," IDLE) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 4, true);

    (void)state;
    check(set, "{}", NULL, 0, "a/:2 b/:1 d/:c");
    smartmsg_ruleset_unref(set);
}

static void test_conditions(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("cart", "{'priority': 2, 'rules': [{'condition': "
           "{'page.type': 'cart', 'cart.value': {'$gt': 50}}, 'force': "
           MESSAGE(EXIT) "}, {'condition': {'page.type': 'cart'}, 'force': "
           MESSAGE(IDLE) "}]}"),
        on("any", "{'rules': [{'condition': {'session.views': {'$gte': 2}}, "
           "'force': " MESSAGE(EXIT) "}]}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 2, true);
    size_t n;
    const uint32_t *slots = smartmsg_ruleset_slots(set, &n);

    (void)state;
    assert_true(smartmsg_ruleset_uses_cart(set));
    assert_int_equal(n, 3);
    assert_true(slots[0] < slots[1] && slots[1] < slots[2]);

    check(set, "{}", NULL, 0, "");
    check(set, "{'page': {'type': 'cart'}, 'cart': {'value': 51}}", NULL, 0,
          "cart/:1");
    check(set, "{'page': {'type': 'cart'}, 'session': {'views': 2}}", NULL, 0,
          "cart/:2 any/:1");
    smartmsg_ruleset_unref(set);
}

static void test_switches(void **state)
{
    bool position = true;
    size_t n;
    smartmsg_ruleset_entry_t entries[] = {
        off("a", "{'rules': [{'condition': {'cart.value': 1}, 'force': "
            MESSAGE(EXIT) "}]}"),
        on("b", "{'rules': [{'condition': {'x': 1}, 'force': "
           MESSAGE(EXIT) "}]}"),
    };
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, 2, true);

    (void)state;
    assert_non_null(set);
    check(set, "{'cart': {'value': 1}, 'x': 1}", NULL, 0, "b/:1");
    assert_false(smartmsg_ruleset_uses_cart(set));
    assert_true(smartmsg_ruleset_main_switch(set));
    (void)smartmsg_ruleset_slots(set, &n);
    assert_int_equal(n, 1);
    assert_non_null(smartmsg_ruleset_find(set, S("a"), &position));
    assert_false(position);
    assert_non_null(smartmsg_ruleset_find(set, S("b"), &position));
    assert_true(position);
    assert_null(smartmsg_ruleset_find(set, S("c"), NULL));
    smartmsg_ruleset_unref(set);

    /* the main switch */
    set = make_set(entries, 2, false);
    assert_true(smartmsg_ruleset_empty(set));
    assert_false(smartmsg_ruleset_main_switch(set));
    assert_non_null(smartmsg_ruleset_find(set, S("b"), &position));
    (void)smartmsg_ruleset_slots(set, &n);
    assert_int_equal(n, 0);
    check(set, "{'x': 1}", NULL, 0, "");
    smartmsg_ruleset_unref(set);
}

static void test_season(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'priority': 1, 'start': 100, 'end': 200, 'defaultValue': "
           MESSAGE(EXIT) "}"),
        on("b", "{'defaultValue': " MESSAGE(EXIT) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 2, true);

    (void)state;
    check(set, "{}", NULL, 99, "b/:1");
    check(set, "{}", NULL, 100, "a/:1");
    check(set, "{}", NULL, 199, "a/:1");
    check(set, "{}", NULL, 200, "b/:1");
    smartmsg_ruleset_unref(set);
}

/* What Redis knows: "hash field" and value, a list that ends with NULL. */
typedef struct {
    const char *fields[8][2];
    int asked;
} seen_t;

static smartmsg_str_t get(void *data, smartmsg_memory_e in,
                          smartmsg_str_t field)
{
    seen_t *seen = data;
    char name[100];

    seen->asked++;
    (void)snprintf(name, sizeof(name), "%c %.*s",
                   in == SMARTMSG_IN_SESSION ? 's' : 'v', (int)field.len,
                   field.data);

    for (int i = 0; seen->fields[i][0] != NULL; i++) {
        if (strcmp(seen->fields[i][0], name) == 0) {
            return S(seen->fields[i][1]);
        }
    }

    return smartmsg_str(NULL, 0);
}

/* Sets what is known, one field. */
static void know(seen_t *seen, const char *field, const char *value)
{
    memset(seen, 0, sizeof(*seen));
    seen->fields[0][0] = field;
    seen->fields[0][1] = value;
}

static void test_caps(void **state)
{
    seen_t data = {0};
    smartmsg_seen_t seen = {&data, get, NULL};
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'priority': 1, 'rules': [{'condition': {'x': 1}, 'force': "
           "{'when': [" EXIT "], 'cap': {'session': 2, 'days': 1},"
           "'show': {'as': 'bubble', 'title': 'T'}}}]}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 1, true);

    (void)state;
    check(set, "{'x': 2}", &seen, 1000000, "");
    assert_int_equal(data.asked, 0);

    check(set, "{'x': 1}", &seen, 1000000, "a/:1");
    assert_int_equal(data.asked, 2);
    know(&data, "s shown:a", "1");
    check(set, "{'x': 1}", &seen, 1000000, "a/:1");
    know(&data, "s shown:a", "2");
    check(set, "{'x': 1}", &seen, 1000000, "");
    know(&data, "v last:a", "913600");
    check(set, "{'x': 1}", &seen, 1000000, "a/:1");
    know(&data, "v last:a", "913601");
    check(set, "{'x': 1}", &seen, 1000000, "");
    check(set, "{'x': 1}", NULL, 1000000, "a/:1");
    smartmsg_ruleset_unref(set);
}

/* A message that may not be shown leaves its triggers to the next one. */
static void test_capped_gives_way(void **state)
{
    seen_t data = {{{"s shown:a", "1"}}, 0};
    smartmsg_seen_t seen = {&data, get, NULL};
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'priority': 1, 'defaultValue': " MESSAGE(EXIT) "}"),
        on("b", "{'defaultValue': " MESSAGE(EXIT) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 2, true);

    (void)state;
    check(set, "{}", &seen, 0, "b/:1");
    smartmsg_ruleset_unref(set);
}

static void test_quiet(void **state)
{
    seen_t data = {0};
    smartmsg_quiet_t quiet = {2, 60};
    smartmsg_seen_t seen = {&data, get, &quiet};
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'defaultValue': " MESSAGE(EXIT) "}"),
        on("b", "{'urgent': true, 'defaultValue': " MESSAGE(IDLE) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 2, true);

    (void)state;
    check(set, "{}", &seen, 1000, "a/:1 b/:2");
    know(&data, "s shown:*", "1");
    check(set, "{}", &seen, 1000, "a/:1 b/:2");
    know(&data, "s shown:*", "2");
    check(set, "{}", &seen, 1000, "b/:2");
    know(&data, "v last:*", "941");
    check(set, "{}", &seen, 1000, "b/:2");
    know(&data, "v last:*", "940");
    check(set, "{}", &seen, 1000, "a/:1 b/:2");

    quiet = (smartmsg_quiet_t){0, 0};
    know(&data, "v last:*", "1000");
    check(set, "{}", &seen, 1000, "a/:1 b/:2");
    smartmsg_ruleset_unref(set);
}

/* Of a group one rule in a page, and one in a session. */
static void test_groups(void **state)
{
    seen_t data = {0};
    smartmsg_seen_t seen = {&data, get, NULL};
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'priority': 3, 'group': 'g', 'defaultValue': "
           MESSAGE(EXIT) "}"),
        on("b", "{'priority': 2, 'group': 'g', 'defaultValue': "
           MESSAGE(IDLE) "}"),
        on("c", "{'priority': 1, 'group': 'G', 'defaultValue': "
           MESSAGE(IDLE) "}"),
        on("d", "{'defaultValue': " MESSAGE(LOAD) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 4, true);

    (void)state;
    check(set, "{}", NULL, 0, "a/:1 c/:2 d/:8");
    check(set, "{}", &seen, 0, "a/:1 c/:2 d/:8");
    know(&data, "s group:g", "a");
    check(set, "{}", &seen, 0, "a/:1 c/:2 d/:8");
    know(&data, "s group:g", "b");
    check(set, "{}", &seen, 0, "b/:2 d/:8");
    know(&data, "s group:g", "gone");
    check(set, "{}", &seen, 0, "c/:2 d/:8");
    smartmsg_ruleset_unref(set);
}

static void test_goals(void **state)
{
    smartmsg_str_t ids[4];
    seen_t data = {0};
    smartmsg_seen_t seen = {&data, get, NULL};
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'goal': 'order', 'defaultValue': " MESSAGE(EXIT) "}"),
        on("b", "{'goal': 'signup', 'defaultValue': " MESSAGE(IDLE) "}"),
        on("c", "{'goal': 'order', 'defaultValue': " MESSAGE(LOAD) "}"),
        off("d", "{'goal': 'order', 'defaultValue': " MESSAGE(LOAD) "}"),
        on("e", "{'defaultValue': " MESSAGE(DWELL) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 5, true);

    (void)state;
    assert_int_equal(smartmsg_ruleset_goals(set, S("order"), NULL), 2);
    assert_int_equal(smartmsg_ruleset_goals(set, S("order"), ids), 2);
    assert_str(ids[0], "a");
    assert_str(ids[1], "c");
    assert_int_equal(smartmsg_ruleset_goals(set, S("cart"), ids), 0);

    check(set, "{}", &seen, 0, "a/:1 b/:2 c/:8 e/:4");
    know(&data, "v goal:b", "1700000000");
    check(set, "{}", &seen, 0, "a/:1 c/:8 e/:4");
    know(&data, "v goal:e", "1700000000");
    check(set, "{}", &seen, 0, "a/:1 b/:2 c/:8 e/:4");
    smartmsg_ruleset_unref(set);
}

static void test_variations(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'rules': [{'key': 'exp', 'variations': [null, "
           MESSAGE(EXIT) "], 'weights': [0, 1], 'hashAttribute': 'id'}]}"),
        on("b", "{'rules': [{'variations': [" MESSAGE(IDLE) ", null], "
           "'weights': [1, 0], 'meta': [{'key': 'control'}, {'key': 'x'}]}]}"),
        on("c", "{'rules': [{'variations': [null, " MESSAGE(LOAD) "], "
           "'weights': [1, 0]}]}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 3, true);

    (void)state;
    check(set, "{'id': 'someone'}", NULL, 0, "a/1:1 b/control:2");
    smartmsg_ruleset_unref(set);
}

/* A rule can be the prerequisite of another one, while it is on. */
static void test_prerequisites(void **state)
{
    static const char parent[] =
        "{'defaultValue': null, 'rules': [{'condition': {'vip': true}, "
        "'force': " MESSAGE(LOAD) "}]}";
    static const char child[] =
        "{'rules': [{'parentConditions': [{'id': 'parent', 'condition': "
        "{'value': {'$exists': true}}}], 'force': " MESSAGE(EXIT) "}]}";
    smartmsg_ruleset_entry_t entries[] = {
        on("parent", parent), on("child", child),
    };
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, 2, true);

    (void)state;
    assert_non_null(set);
    check(set, "{}", NULL, 0, "");
    check(set, "{'vip': true}", NULL, 0, "child/:1 parent/:8");
    smartmsg_ruleset_unref(set);

    entries[0].on = false;
    set = make_set(entries, 2, true);
    check(set, "{'vip': true}", NULL, 0, "");
    smartmsg_ruleset_unref(set);
}

#define CHILD(parent, test) \
    "{'rules': [{'parentConditions': [{'id': '" parent "', 'condition': {" \
    test "}}], 'force': " MESSAGE(EXIT) "}]}"

/* A prerequisite may ask what is in the message of another rule. */
static void test_contents(void **state)
{
    static const struct {
        const char *child;
        const char *facts;
        bool shown;
    } cases[] = {
        {CHILD("p", "'value.when.0.on': 'load'"), "{'a': 1}", true},
        {CHILD("p", "'value.when.0.on': 'idle'"), "{'a': 1}", false},
        {CHILD("p", "'value': {'$type': 'object'}"), "{'a': 1}", true},
        {CHILD("p", "'value': 1"), "{'a': 1}", false},
        {CHILD("p", "'value.when.0.on': 'dwell'"), "{'b': 1}", true},
        {CHILD("p", "'value.when.0.on': 'dwell'"), "{'a': 1}", false},
        {CHILD("p", "'value.when.0.on': 'scroll'"), "{'c': 1, 'id': 'x'}",
         true},
        {CHILD("p", "'value.when.0.on': 'scroll'"), "{'d': 1, 'id': 'x'}",
         false},
        {CHILD("p", "'value': null"), "{'d': 1, 'id': 'x'}", true},
        {CHILD("p", "'value.when.0.on': 'idle'"), "{}", true},
    };

    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        smartmsg_ruleset_entry_t entries[] = {
            on("p", "\xef\xbb\xbf{'defaultValue': " MESSAGE(IDLE) ", 'rules': ["
               "{'condition': {'a': 1}, 'force': " MESSAGE(LOAD) "}, "
               "{'condition': {'c': 1}, 'weights': [0, 1, 0], "
               "'variations': [null, " MESSAGE("{'on': 'scroll'}") ", null]}, "
               "{'condition': {'d': 1}, 'force': null}, "
               "{'condition': {'b': 1}, 'force': " MESSAGE(DWELL) "}]}"),
            on("z", cases[i].child),
        };
        smartmsg_ruleset_t *set = make_set(entries, 2, true);
        smartmsg_decision_t decision;

        /* what is in it is read once, and known then */
        for (int round = 0; round < 2; round++) {
            decide(set, names, cases[i].facts, NULL, 0, &decision);

            if ((strstr(decided(&decision), "z/:1") != NULL) != cases[i].shown)
            {
                fail_msg("%s of %s: %s", cases[i].child, cases[i].facts,
                         decided(&decision));
            }

            smartmsg_decision_release(&decision);
        }

        smartmsg_ruleset_unref(set);
    }
}

/* A decision outlives the set that made it. */
static void test_decision_keeps_set(void **state)
{
    smartmsg_decision_t decision;
    smartmsg_ruleset_entry_t entries[] = {
        on("a", "{'defaultValue': " MESSAGE(EXIT) "}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 1, true);

    (void)state;
    decide(set, names, "{}", NULL, 0, &decision);
    smartmsg_ruleset_unref(set);
    assert_string_equal(decided(&decision), "a/:1");
    smartmsg_decision_release(&decision);
    assert_int_equal(decision.n, 0);
    memset(&decision, 0, sizeof(decision));
    smartmsg_decision_release(&decision);
}

/* Counts how often a fact is asked for. */
static const smartmsg_value_t *counting_get(void *data, uint32_t slot)
{
    static const smartmsg_value_t missing = {SMARTMSG_MISSING, {false}};

    (void)slot;
    (*(int *)data)++;

    return &missing;
}

/* When every kind is taken, nobody else is asked, whatever their number. */
static void test_stops_early(void **state)
{
    enum { RULES = 5000 };
    smartmsg_ruleset_entry_t *entries = calloc(RULES, sizeof(*entries));
    smartmsg_decision_t decision;
    char text[300];
    char id[20];
    int asked = 0;
    smartmsg_facts_t facts = {.get = counting_get, .data = &asked};
    smartmsg_context_t context = {.facts = &facts};

    (void)state;
    assert_non_null(entries);

    for (int i = 0; i < RULES; i++) {
        (void)snprintf(text, sizeof(text), "{'priority': %d, 'rules': ["
                       "{'condition': {'x': {'$exists': %s}}, 'force': "
                       MESSAGE(EXIT) "}]}", i, i == 4990 ? "false" : "true");
        (void)snprintf(id, sizeof(id), "r%d", i);
        entries[i] = on(id, text);
    }

    smartmsg_ruleset_t *set = make_set(entries, RULES, true);

    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_string_equal(decided(&decision), "r4990/:1");
    assert_int_equal(asked, 10);
    smartmsg_decision_release(&decision);
    smartmsg_ruleset_unref(set);
    free(entries);
}

/* Facts of which only "x" is not personal; none has a value. */
typedef struct {
    uint32_t open;
    bool personal;
} guarded_t;

static const smartmsg_value_t *guarded_get(void *data, uint32_t slot)
{
    static const smartmsg_value_t missing = {SMARTMSG_MISSING, {false}};
    guarded_t *guarded = data;

    if (slot != guarded->open) {
        guarded->personal = true;
    }

    return &missing;
}

/* Without the visitor a rule that asks for anything of him is passed over. */
static void test_anonymous(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("a-open", "{'rules': [{'condition': {'x': {'$exists': false}}, 'force': "
           MESSAGE(EXIT) "}]}"),
        on("b-asks", "{'priority': 9, 'rules': [{'condition': {'y': {'$exists': false}}, "
           "'force': " MESSAGE(EXIT) "}]}"),
        on("c-may", "{'priority': 8, 'rules': [{'condition': {'y': 1}, "
           "'force': null}, {'force': " MESSAGE(EXIT) "}]}"),
        on("d-parent", "{'priority': 7, 'rules': [{'parentConditions': "
           "[{'id': 'b-asks', 'condition': {'value': {'$ne': 1}}}], 'force': "
           MESSAGE(EXIT) "}]}"),
        on("e-share", "{'priority': 6, 'rules': [{'coverage': 1, 'force': "
           MESSAGE(EXIT) "}]}"),
        on("f-dull", "{'rules': [{'condition': {'x': 1, 'y': 1}, 'force': "
           MESSAGE(IDLE) "}, {'force': " MESSAGE(IDLE) "}]}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 6, true);
    guarded_t guarded = {smartmsg_names_intern(names, "x", 1), false};
    smartmsg_facts_t facts = {.get = guarded_get, .data = &guarded};
    smartmsg_context_t context = {.facts = &facts,
                                  .personal = &guarded.personal};
    smartmsg_decision_t decision;

    (void)state;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_string_equal(decided(&decision), "a-open/:1 f-dull/:2");
    smartmsg_decision_release(&decision);

    context.personal = NULL;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_string_equal(decided(&decision), "b-asks/:1 f-dull/:2");
    smartmsg_decision_release(&decision);
    smartmsg_ruleset_unref(set);
}

static bool always_b(void *data, const smartmsg_sticky_key_t *key,
                     smartmsg_str_t *variation)
{
    (void)data;
    (void)key;
    *variation = S("b");

    return true;
}

static void no_put(void *data, const smartmsg_sticky_key_t *key,
                   smartmsg_str_t variation)
{
    (void)data;
    (void)key;
    (void)variation;
}

#define TEST(MORE) \
    "{'rules': [{'condition': {'x': {'$exists': true}}, " MORE \
    "'hashAttribute': 'id', 'meta': [{'key': 'a'}, {'key': 'b'}], " \
    "'variations': [null, " MESSAGE(EXIT) "]}]}"

/*
 * Who was given a variation keeps it, whatever the condition says; a value
 * that is not null does not depend on it either.
 */
static void test_beside_condition(void **state)
{
    smartmsg_ruleset_entry_t entries[] = {
        on("a-keeps", TEST("")),
        on("b-forgets", TEST("'disableStickyBucketing': true, ")),
        on("c-default", "{'defaultValue': " MESSAGE(IDLE) ", 'rules': ["
           "{'condition': {'x': {'$exists': true}}, 'force': null}]}"),
    };
    smartmsg_ruleset_t *set = make_set(entries, 3, true);
    smartmsg_sticky_t sticky = {.get = always_b, .put = no_put};
    smartmsg_json_facts_t from;
    json_t *object = J("{'id': 'someone'}");
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &facts, .sticky = &sticky};
    smartmsg_decision_t decision;
    json_t *forced;

    (void)state;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_string_equal(decided(&decision), "a-keeps/b:1 c-default/:2");
    smartmsg_decision_release(&decision);

    context.sticky = NULL;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_string_equal(decided(&decision), "c-default/:2");
    smartmsg_decision_release(&decision);

    forced = J("{'b-forgets': 1}");
    context.forced_variations = forced;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_string_equal(decided(&decision), "b-forgets/b:1 c-default/:2");
    smartmsg_decision_release(&decision);

    json_decref(forced);
    json_decref(object);
    smartmsg_ruleset_unref(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_season),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_capped_gives_way),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_goals),
        cmocka_unit_test(test_variations),
        cmocka_unit_test(test_prerequisites),
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_decision_keeps_set),
        cmocka_unit_test(test_stops_early),
        cmocka_unit_test(test_anonymous),
        cmocka_unit_test(test_beside_condition),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
