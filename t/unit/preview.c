#include "support_rules.h"

#include "core/preview_page.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define NOW 1795327394

static char token[SMARTMSG_PREVIEW_TOKEN_MAX];

static smartmsg_str_t sign(const char *rule, const char *variation)
{
    smartmsg_preview_t preview = {S(rule), S(variation), NOW + 60};

    return smartmsg_str(token, smartmsg_preview_sign(&preview, S(SECRET),
                                                     token));
}

static bool verifies(smartmsg_str_t text, const char *secret, int64_t now)
{
    smartmsg_preview_t preview;

    return smartmsg_preview_verify(text, S(secret), now, &preview);
}

static void check_round(const char *rule, const char *variation)
{
    smartmsg_preview_t preview;
    smartmsg_str_t text = sign(rule, variation);

    assert_true(text.len > 0);
    assert_true(smartmsg_preview_verify(text, S(SECRET), NOW, &preview));
    assert_str(preview.rule, rule);
    assert_str(preview.variation, variation);
    assert_true(preview.end == NOW + 60);
}

static void test_token(void **state)
{
    char longest[SMARTMSG_PREVIEW_VARIATION_MAX + 2];
    char id[SMARTMSG_RULE_ID_MAX + 1];

    (void)state;
    check_round("exit-cart", "");
    check_round("a.b_c-9", "blue");
    check_round("a", "~b~~c~");
    check_round("a", "\xc3\xa4 & + %41");

    memset(id, 'i', sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    memset(longest, 'v', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(sign(id, longest).len, 0);
    longest[sizeof(longest) - 2] = '\0';
    check_round(id, longest);

    assert_int_equal(sign("no id", "").len, 0);
    assert_int_equal(sign("a~b", "").len, 0);
    assert_int_equal(sign("", "").len, 0);
    assert_int_equal(sign("a", "line\nfeed").len, 0);
}

/* Made with: printf %s "a~~2000000000" | openssl dgst -sha256 -hmac SECRET */
static void test_known(void **state)
{
    smartmsg_preview_t preview = {S("a"), S(""), 2000000000};

    (void)state;
    assert_str(smartmsg_str(token, smartmsg_preview_sign(&preview, S(SECRET),
                                                         token)),
               "a~~2000000000~FWXsB9-AfsJTtPjRYxJgV2O1Im3857cRXim3QV46fBw");
}

static void test_forged(void **state)
{
    char copy[SMARTMSG_PREVIEW_TOKEN_MAX + 1];
    smartmsg_str_t text = sign("exit-cart", "b");

    (void)state;
    assert_true(verifies(text, SECRET, NOW + 59));
    assert_false(verifies(text, SECRET, NOW + 60));
    assert_false(verifies(text, "1123456789abcdef0123456789abcdef", NOW));

    for (size_t i = 0; i < text.len; i++) {
        memcpy(copy, text.data, text.len);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        assert_false(verifies(smartmsg_str(copy, text.len), SECRET, NOW));
        assert_false(verifies(smartmsg_str(text.data, i), SECRET, NOW));
    }

    memcpy(copy, text.data, text.len);
    copy[text.len] = 'A';
    assert_false(verifies(smartmsg_str(copy, text.len + 1), SECRET, NOW));
    assert_false(verifies(S(""), SECRET, NOW));
    assert_false(verifies(S("~~~"), SECRET, NOW));

    /* a secret that is too short is none, whoever has signed with it */
    assert_false(smartmsg_preview_secret_valid(S("")));
    assert_false(smartmsg_preview_secret_valid(S("short")));
    assert_true(smartmsg_preview_secret_valid(S(SECRET)));

    smartmsg_preview_t preview = {S("a"), S(""), NOW + 60};

    text.len = smartmsg_preview_sign(&preview, S("short"), token);
    assert_false(verifies(text, "short", NOW));
}

/* The rest of a query, then '|' and the token. */
static void check_cut(const char *query, const char *expected)
{
    char rest[200], text[400];
    size_t len = 0;
    smartmsg_str_t value;

    if (!smartmsg_preview_cut(S(query), rest, &len, &value)) {
        assert_null(expected);
        return;
    }

    assert_non_null(expected);
    snprintf(text, sizeof(text), "%.*s|%.*s", (int)len, rest, (int)value.len,
             value.data);
    assert_string_equal(text, expected);
}

static void test_cut(void **state)
{
    (void)state;
    check_cut("", NULL);
    check_cut("a=1&b=2", NULL);
    check_cut("xsmartmsg_preview=1", NULL);
    check_cut("smartmsg_preview", NULL);
    check_cut("a=smartmsg_preview=1", NULL);
    check_cut("smartmsg_preview=t", "|t");
    check_cut("smartmsg_preview=", "|");
    check_cut("smartmsg_preview=t&a=1", "a=1|t");
    check_cut("a=1&smartmsg_preview=t", "a=1|t");
    check_cut("a=1&smartmsg_preview=t&b=%26", "a=1&b=%26|t");
    check_cut("smartmsg_preview=t&&a", "&a|t");
    check_cut("a&smartmsg_preview=t&smartmsg_preview=u&b&", "a&b&|t");
}

static smartmsg_names_t *names;
static smartmsg_catalog_t *catalog;

static const char high[] =
    "{'priority': 9, 'rules': [{'force': " MESSAGE(EXIT "," IDLE) "}]}";
static const char low[] =
    "{'rules': [{'condition': {'cart.value': {'$gt': 50}},"
    " 'force': " MESSAGE(EXIT) "}]}";
static const char later[] =
    "{'start': '2090-01-01', 'rules': [{'variations': [null, " MESSAGE(LOAD)
    "], 'coverage': 0, 'meta': [{'key': 'a'}, {'key': 'b'}]}]}";

static char *quoted(const char *text)
{
    char *copy = strdup(text);

    assert_non_null(copy);

    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }

    return copy;
}

static int make_catalog(void **state)
{
    char *texts[] = {quoted(high), quoted(low), quoted(later), quoted("{}")};
    smartmsg_kv_t rules[] = {
        {S("high"), S(texts[0])}, {S("low"), S(texts[1])},
        {S("later"), S(texts[2])}, {S("off"), S(texts[0])},
        {S("empty"), S(texts[3])}, {S("broken"), S("[1]")},
        {S("older"), S("[]")},
    };
    smartmsg_kv_t switches[] = {{S("off"), S("off")}};
    smartmsg_kv_t good[] = {{S("older"), S(texts[1])}};
    smartmsg_catalog_input_t input = {rules, 7, switches, 1, good, 1};

    (void)state;
    names = smartmsg_names_create();
    catalog = smartmsg_catalog_new(names);

    /* twice: what is known to be broken stays known */
    assert_true(smartmsg_catalog_update(catalog, &input, NULL));
    assert_true(smartmsg_catalog_update(catalog, &input, NULL));

    for (int i = 0; i < 4; i++) {
        free(texts[i]);
    }

    return 0;
}

static int drop_catalog(void **state)
{
    (void)state;
    smartmsg_catalog_free(catalog);
    smartmsg_names_destroy(names);

    return 0;
}

static void check_decision(const char *rule, const char *variation,
                           smartmsg_preview_e outcome, const char *expected)
{
    smartmsg_ruleset_t *set = smartmsg_catalog_ruleset(catalog);
    smartmsg_preview_t preview = {S(rule), S(variation), 0};
    smartmsg_json_facts_t from;
    json_t *object = J("{'id': 'x'}");
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &getter};
    smartmsg_decision_t decision;

    assert_int_equal(smartmsg_preview_decide(set, &context, &preview,
                                             &decision), outcome);
    assert_string_equal(decided(&decision), expected);
    smartmsg_decision_release(&decision);
    json_decref(object);
}

static void test_decision(void **state)
{
    (void)state;
    check_decision("high", "", SMARTMSG_PREVIEW_SHOWN, "high/:3");
    check_decision("low", "", SMARTMSG_PREVIEW_SHOWN, "low/:1");
    check_decision("off", "", SMARTMSG_PREVIEW_SHOWN, "off/:3");
    check_decision("later", "", SMARTMSG_PREVIEW_SHOWN, "later/:8");
    check_decision("later", "b", SMARTMSG_PREVIEW_SHOWN, "later/b:8");
    check_decision("older", "", SMARTMSG_PREVIEW_SHOWN, "older/:1");
    check_decision("later", "a", SMARTMSG_PREVIEW_NO_MESSAGE, "");
    check_decision("later", "c", SMARTMSG_PREVIEW_NO_VARIATION, "");
    check_decision("low", "a", SMARTMSG_PREVIEW_NO_VARIATION, "");
    check_decision("empty", "", SMARTMSG_PREVIEW_NO_MESSAGE, "");
    check_decision("broken", "", SMARTMSG_PREVIEW_NO_RULE, "");
    check_decision("none", "", SMARTMSG_PREVIEW_NO_RULE, "");
}

static void test_trace(void **state)
{
    smartmsg_ruleset_t *set = smartmsg_catalog_ruleset(catalog);
    smartmsg_preview_t preview = {S("low"), S(""), 0};
    smartmsg_json_facts_t from;
    json_t *object = J("{'cart': {'value': 15}}"), *report, *expected;
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &getter};
    smartmsg_decision_t decision;
    smartmsg_trace_t trace = {set, names, &context, NULL, NOW, &decision};

    (void)state;
    smartmsg_ruleset_decide(set, &context, NULL, NOW, &decision);
    report = smartmsg_preview_trace(&trace, catalog, &preview,
                                    SMARTMSG_PREVIEW_SHOWN);
    assert_non_null(report);
    expected = J(
        "{'preview': 'low', 'outcome': 'is shown at its moment, to you alone',"
        " 'rules': ["
        "{'rule': 'low', 'chosen': '',"
        " 'why': 'cart.value is 15, must be $gt 50'},"
        "{'rule': 'high', 'chosen': 'exit idle', 'why': ''},"
        "{'rule': 'off', 'chosen': '', 'why': 'is switched off'},"
        "{'rule': 'empty', 'chosen': '', 'why': 'has no message'},"
        "{'rule': 'later', 'chosen': '',"
        " 'why': 'is not in its season (start, end)'},"
        "{'rule': 'older', 'chosen': '', 'why': 'an older text serves, that of"
        " Redis is broken: a rule must be an object {...}, not a list;"
        " cart.value is 15, must be $gt 50'},"
        "{'rule': 'broken', 'chosen': '', 'why':"
        " 'is broken: a rule must be an object {...}, not a list'}]}");

    char *is = json_dumps(report, JSON_INDENT(1));
    char *should = json_dumps(expected, JSON_INDENT(1));

    assert_string_equal(is, should);
    free(is);
    free(should);
    json_decref(expected);
    json_decref(report);
    smartmsg_decision_release(&decision);
    json_decref(object);
}

/* What is too long is cut between two characters. */
static void test_long_reason(void **state)
{
    char text[3000] = "{\"rules\": [{\"condition\": {\"a\": \"";
    smartmsg_preview_t preview = {S("r"), S(""), 0};
    smartmsg_json_facts_t from;
    json_t *object = json_object(), *report;
    const char *why;

    (void)state;

    for (int i = 0; i < 700; i++) {
        strcat(text, "\xc3\xa4");
    }

    strcat(text, "\"}, \"force\": {\"when\": [{\"on\": \"exit\"}], \"show\": "
                 "{\"as\": \"dialog\", \"title\": \"x\"}}}]}");

    smartmsg_kv_t rule = {S("r"), S(text)};
    smartmsg_catalog_input_t input = {.rules = &rule, .n_rules = 1};
    smartmsg_catalog_t *own = smartmsg_catalog_new(names);
    smartmsg_facts_t getter = smartmsg_json_facts(&from, names, object);
    smartmsg_context_t context = {.facts = &getter};
    smartmsg_decision_t decision;

    assert_true(smartmsg_catalog_update(own, &input, NULL));

    smartmsg_ruleset_t *set = smartmsg_catalog_ruleset(own);
    smartmsg_trace_t trace = {set, names, &context, NULL, NOW, &decision};

    smartmsg_ruleset_decide(set, &context, NULL, NOW, &decision);
    report = smartmsg_preview_trace(&trace, own, &preview,
                                    SMARTMSG_PREVIEW_SHOWN);
    assert_non_null(report);
    why = json_string_value(json_object_get(
        json_array_get(json_object_get(report, "rules"), 0), "why"));
    assert_in_range(strlen(why), 500, 610);
    assert_string_equal(why + strlen(why) - 4, " ...");
    json_decref(report);
    smartmsg_decision_release(&decision);
    smartmsg_catalog_free(own);
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_cut),
        cmocka_unit_test_setup_teardown(test_decision, make_catalog,
                                        drop_catalog),
        cmocka_unit_test_setup_teardown(test_trace, make_catalog,
                                        drop_catalog),
        cmocka_unit_test_setup_teardown(test_long_reason, make_catalog,
                                        drop_catalog),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
