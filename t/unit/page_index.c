#include "support_names.h"
#include "support_rules.h"

#include "core/page_index.h"

/* Numbers that are the same in each run. */
static unsigned pick(unsigned n)
{
    static uint32_t seed = 12345;

    seed = seed * 1664525u + 1013904223u;

    return (seed >> 8) % n;
}

/* Parts of conditions; most of them can be decided by the page's type. */
static const char *const conditions[] = {
    "{'page.type': 'cart'}",
    "{'page.type': 'product'}",
    "{'page.type': {'$in': ['cart', 'home']}}",
    "{'page.type': {'$nin': ['cart', 'home']}}",
    "{'page.type': {'$ne': 'cart'}}",
    "{'page.type': {'$regex': '^p'}}",
    "{'page.type': {'$exists': false}}",
    "{'page.type': {'$exists': true}}",
    "{'page.type': null}",
    "{'page.type': 7}",
    "{'page.type': {'$gt': 'd'}}",
    "{'page.type': true}",
    "{'$or': [{'page.type': 'cart'}, {'x': 1}]}",
    "{'$not': {'page.type': 'cart'}}",
    "{'$not': {'page.type': 'cart', 'x': 1}}",
    "{'$nor': [{'page.type': 'cart'}, {'page.type': 'home'}]}",
    "{'$and': [{'page.type': 'cart'}, {'page.type': 'home'}]}",
    "{'page.type': 'cart', 'x': 1}",
    "{'page.type': 'home', 'x': {'$exists': false}}",
    "{'x': 1}",
    "{'page.type': {'$type': 'string'}, 'x': {'$lt': 2}}",
    "{'page': {'$exists': true}}",
    "{'page.type.more': {'$exists': false}, 'page.type': 'cart'}",
    "{}",
};

static const char *const messages[] = {
    MESSAGE(EXIT), MESSAGE(IDLE), MESSAGE(DWELL "," LOAD), MESSAGE(LOAD),
    "null",
};

#define PICK(list)  list[pick(sizeof(list) / sizeof(list[0]))]

static smartmsg_rule_t *random_rule(unsigned number)
{
    char text[2000], id[20];
    size_t len;
    unsigned parts = 1 + pick(3);

    len = (size_t)snprintf(text, sizeof(text), "{'priority': %u, "
                           "'defaultValue': %s, 'rules': [", pick(5),
                           pick(20) == 0 ? PICK(messages) : "null");

    for (unsigned i = 0; i < parts; i++) {
        const char *format = pick(4) > 0
            ? "%s{'condition': %s%s, 'force': %s}"
            : "%s{'condition': %s%s, 'variations': [null, %s], "
              "'weights': [0.5, 0.5]}";
        char parent[160] = "";

        if (pick(5) == 0) {
            (void)snprintf(parent, sizeof(parent), ", 'parentConditions': "
                           "[{'id': 'r%u', 'condition': {'value': "
                           "{'$exists': %s}}, 'gate': %s}]", pick(number + 1),
                           pick(2) ? "true" : "false",
                           pick(2) ? "true" : "false");
        }

        len += (size_t)snprintf(text + len, sizeof(text) - len, format,
                                i ? ", " : "", PICK(conditions), parent,
                                PICK(messages));
    }

    (void)snprintf(text + len, sizeof(text) - len, "]}");
    (void)snprintf(id, sizeof(id), "r%u", number);

    return make_rule(names, id, text);
}

static smartmsg_ruleset_t *random_set(unsigned n)
{
    smartmsg_ruleset_entry_t *entries = calloc(n, sizeof(*entries));

    assert_non_null(entries);

    for (unsigned i = 0; i < n; i++) {
        entries[i].rule = random_rule(i);
        entries[i].on = pick(8) > 0;
    }

    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, n, true);

    assert_non_null(set);

    for (unsigned i = 0; i < n; i++) {
        smartmsg_rule_unref(entries[i].rule);
    }

    free(entries);

    return set;
}

/* With features forced, though none, each rule is asked. */
static void check_same(smartmsg_ruleset_t *set, json_t *facts)
{
    json_t *nothing = json_object();
    smartmsg_json_facts_t from;
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, facts);
    smartmsg_context_t context = {.facts = &getter};
    smartmsg_decision_t decision;
    char expected[1000];

    context.forced_features = nothing;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    (void)snprintf(expected, sizeof(expected), "%s", decided(&decision));
    smartmsg_decision_release(&decision);

    context.forced_features = NULL;
    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);

    if (strcmp(decided(&decision), expected) != 0) {
        char *text = json_dumps(facts, 0);

        fail_msg("%s: \"%s\", not \"%s\"", text, decided(&decision), expected);
    }

    smartmsg_decision_release(&decision);
    json_decref(nothing);
}

static void test_same(void **state)
{
    static const char *const pages[] = {
        "{}", "{'page': {}}", "{'page': {'type': null}}",
        "{'page': {'type': 'cart'}}", "{'page': {'type': 'home'}}",
        "{'page': {'type': 'product'}}", "{'page': {'type': 'other'}}",
        "{'page': {'type': ''}}", "{'page': {'type': 7}}",
        "{'page': {'type': 8}}", "{'page': {'type': true}}",
        "{'page': {'type': false}}", "{'page': {'type': ['cart']}}",
        "{'page': {'type': {'more': 1}}}",
    };
    char id[20];

    (void)state;

    for (int round = 0; round < 200; round++) {
        smartmsg_ruleset_t *set = random_set(1 + pick(40));

        for (int i = 0; i < 60; i++) {
            json_t *facts = J(PICK(pages));

            (void)snprintf(id, sizeof(id), "visitor-%u", pick(1000));
            assert_int_equal(json_object_set_new(facts, "id", json_string(id)),
                             0);

            if (pick(2)) {
                assert_int_equal(json_object_set_new(facts, "x",
                                             json_integer(pick(3))), 0);
            }

            check_same(set, facts);
            json_decref(facts);
        }

        smartmsg_ruleset_unref(set);
    }
}

/* A page with facts that counts how often another one is asked for. */
typedef struct {
    uint32_t page_slot;
    const smartmsg_value_t *type;
    int asked;
} page_facts_t;

static const smartmsg_value_t *get(void *data, uint32_t slot)
{
    static const smartmsg_value_t missing = {SMARTMSG_MISSING, {false}};
    page_facts_t *facts = data;

    if (slot == facts->page_slot) {
        return facts->type;
    }

    facts->asked++;

    return &missing;
}

/*
 * A rule asks for x first, which is as cheap as the page's type and stands
 * before it, so that each rule that is looked at is counted.
 */
static smartmsg_ruleset_t *many_rules(unsigned n, unsigned types)
{
    smartmsg_ruleset_entry_t *entries = calloc(n, sizeof(*entries));
    char text[300], id[20];

    assert_non_null(entries);

    for (unsigned i = 0; i < n; i++) {
        (void)snprintf(text, sizeof(text), "{'rules': [{'condition': "
                       "{'x': {'$exists': false}, 'y': 1, 'page.type': "
                       "'type%u'}, 'force': " MESSAGE(EXIT) "}]}", i % types);
        (void)snprintf(id, sizeof(id), "r%u", i);
        entries[i] = (smartmsg_ruleset_entry_t){make_rule(names, id, text),
                                                true};
    }

    smartmsg_ruleset_t *set = smartmsg_ruleset_new(entries, n, true);

    assert_non_null(set);

    for (unsigned i = 0; i < n; i++) {
        smartmsg_rule_unref(entries[i].rule);
    }

    free(entries);

    return set;
}

/* How many facts but the page's type were asked for. */
static int asked_on(smartmsg_ruleset_t *set, smartmsg_value_t type)
{
    page_facts_t page = {
        smartmsg_names_lookup(names, "page.type", 9), &type, 0
    };
    smartmsg_facts_t facts = {.get = get, .data = &page};
    smartmsg_context_t context = {.facts = &facts};
    smartmsg_decision_t decision;

    smartmsg_ruleset_decide(set, &context, NULL, 0, &decision);
    assert_int_equal(decision.n, 0);
    smartmsg_decision_release(&decision);

    return page.asked;
}

static int asked_on_type(smartmsg_ruleset_t *set, const char *type)
{
    return asked_on(set, smartmsg_value_string(type, strlen(type)));
}

static void test_relevant_only(void **state)
{
    smartmsg_ruleset_t *set = many_rules(10000, 500);
    char type[SMARTMSG_PAGE_TYPE_MAX + 2];
    int each = asked_on_type(set, "type7");

    (void)state;

    /* 20 rules, of which each asks for x, and y perhaps */
    assert_true(each >= 20 && each <= 40);
    assert_int_equal(asked_on_type(set, "type7"), each);
    assert_int_equal(asked_on_type(set, "other"), 0);
    assert_int_equal(asked_on_type(set, ""), 0);
    assert_int_equal(asked_on(set, smartmsg_value_missing()), 0);
    assert_int_equal(asked_on(set, smartmsg_value_number(1)), 0);
    assert_int_equal(asked_on(set, smartmsg_value_boolean(true)), 0);

    /* more types than are remembered, in turn, and again */
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3 * SMARTMSG_PAGE_TYPES_MAX; i++) {
            (void)snprintf(type, sizeof(type), "type%d", i);
            assert_int_equal(asked_on_type(set, type), each);
        }
    }

    assert_int_equal(asked_on_type(set, "type7"), each);

    /* a name as long as is looked up, and a longer one */
    memset(type, 'x', sizeof(type));
    assert_int_equal(asked_on(set, smartmsg_value_string(type,
                                                SMARTMSG_PAGE_TYPE_MAX)), 0);
    assert_true(asked_on(set, smartmsg_value_string(type,
                                        SMARTMSG_PAGE_TYPE_MAX + 1)) >= 10000);
    smartmsg_ruleset_unref(set);
}

/*
 * The type that was not used for longest is given up, no other one: what is
 * remembered of a page shows when there are no rules any more.
 */
static void test_oldest_goes(void **state)
{
    smartmsg_rule_t *rule = make_rule(names, "r", "{'rules': [{'condition': "
        "{'page.type': 'a'}, 'force': " MESSAGE(EXIT) "}]}");
    smartmsg_asked_t list[] = {{.rule = rule}};
    smartmsg_rules_t all = {list, 1}, none = {list, 0};
    smartmsg_page_index_t *index = smartmsg_page_index_new();
    smartmsg_value_t a = smartmsg_value_string("a", 1), other;
    page_facts_t page = {smartmsg_rule_page_slot(rule), &a, 0};
    smartmsg_facts_t facts = {.get = get, .data = &page};
    uint32_t slot = page.page_slot;

    (void)state;
    assert_non_null(index);
    assert_int_equal(smartmsg_page_index_select(index, all, slot, &facts).n,
                     1);

    for (int i = 0; i < 3 * SMARTMSG_PAGE_TYPES_MAX; i++) {
        other = smartmsg_value_number(i);
        page.type = &other;
        assert_int_equal(smartmsg_page_index_select(index, all, slot,
                                                    &facts).n, 0);
        page.type = &a;
        assert_int_equal(smartmsg_page_index_select(index, none, slot,
                                                    &facts).n, 1);
    }

    for (int i = 0; i < SMARTMSG_PAGE_TYPES_MAX; i++) {
        other = smartmsg_value_number(-1 - i);
        page.type = &other;
        (void)smartmsg_page_index_select(index, all, slot, &facts);
    }

    page.type = &a;
    assert_int_equal(smartmsg_page_index_select(index, none, slot, &facts).n,
                     0);

    page.type = NULL;
    assert_ptr_equal(smartmsg_page_index_select(index, all, slot,
                                                &facts).list, list);
    smartmsg_page_index_free(index);
    smartmsg_page_index_free(NULL);
    smartmsg_rule_unref(rule);
}

/* A variation that is forced is shown on any page. */
static void test_forced(void **state)
{
    smartmsg_ruleset_entry_t entry = {
        make_rule(names, "r", "{'rules': [{'condition': {'page.type': 'a'}, "
                  "'variations': [null, " MESSAGE(EXIT) "]}]}"), true
    };
    smartmsg_ruleset_t *set = smartmsg_ruleset_new(&entry, 1, true);
    json_t *object = J("{'page': {'type': 'b'}, 'id': '1'}");
    json_t *forced = J("{'r': 1}");
    smartmsg_json_facts_t from;
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t contexts[] = {
        {.facts = &facts},
        {.facts = &facts, .forced_variations = forced},
        {.facts = &facts, .url = S("https://shop.example/?r=1")},
    };
    smartmsg_decision_t decision;

    (void)state;
    assert_non_null(set);

    for (size_t i = 0; i < 3; i++) {
        smartmsg_ruleset_decide(set, &contexts[i], NULL, 0, &decision);
        assert_string_equal(decided(&decision), i == 0 ? "" : "r/1:1");
        smartmsg_decision_release(&decision);
    }

    json_decref(object);
    json_decref(forced);
    smartmsg_ruleset_unref(set);
    smartmsg_rule_unref(entry.rule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_relevant_only),
        cmocka_unit_test(test_oldest_goes),
        cmocka_unit_test(test_forced),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
