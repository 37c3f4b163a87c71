#include "support_names.h"

#include "core/draft.h"

#define FACTS                                                                 \
    "{'cart': {'value': 1234.5, 'currency': 'EUR', 'items': 2},"              \
    " 'profile': {'first_name': 'J\xc3\xb6rg <b>', 'none': '', 'vip': true,"  \
    "  'list': [1], 'lines': 'a\\nb\\u0001c'}}"

/* The text with the facts in it. */
static void check_in(const char *text, const char *language, bool attribute,
                     const char *expected)
{
    smartmsg_hole_t holes[8];
    smartmsg_draft_t draft = {.names = names};
    smartmsg_json_facts_t from;
    json_t *object = J(FACTS);
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);
    char html[2000], out[4000];
    size_t len;

    assert_null(smartmsg_draft_text(&draft, S(text), attribute));
    len = draft.sink.len;
    assert_in_range(len, 0, sizeof(html));
    assert_in_range(draft.n_holes, 0, 8);

    draft = (smartmsg_draft_t){.sink = {html, 0}, .holes = holes, .names = names};
    assert_null(smartmsg_draft_text(&draft, S(text), attribute));
    assert_int_equal(draft.sink.len, len);

    smartmsg_fill_t with = {.facts = &facts, .language = S(language)};

    len = smartmsg_draft_fill(smartmsg_str(html, len), holes, draft.n_holes,
                              &with, NULL);
    assert_in_range(len, 0, sizeof(out));
    assert_int_equal(smartmsg_draft_fill(smartmsg_str(html, draft.sink.len),
                                         holes, draft.n_holes, &with, out),
                     len);
    assert_str(smartmsg_str(out, len), expected);
    json_decref(object);
}

static void check(const char *text, const char *expected)
{
    check_in(text, "en", false, expected);
}

static void check_error(const char *text, const char *part)
{
    smartmsg_draft_t draft = {.names = names};
    const char *reason = smartmsg_draft_text(&draft, S(text), false);

    if (reason == NULL || strstr(reason, part) == NULL) {
        fail_msg("%s: %s", text, reason ? reason : "is accepted");
    }
}

static void test_values(void **state)
{
    (void)state;
    check("none", "none");
    check("{{cart.items}} things", "2 things");
    check("{{ cart.value | money }}", "&#8364;1,234.50");
    check("{{cart.value|money:USD}}!", "$1,234.50!");
    check("{{cart.value}}", "1,234.5");
    check_in("{{cart.value|number}}", "de", false, "1.234,5");
    check_in("{{cart.value|money}}", "de-AT", false, "&#8364;&#160;1.234,50");
    check("Hi {{profile.first_name}}", "Hi J&#246;rg &lt;b&gt;");
    check("{{profile.first_name|upper}}", "J&#214;RG &lt;B&gt;");
    check("{{profile.first_name|lower}}", "j&#246;rg &lt;b&gt;");
    check("{{profile.vip}}", "true");
    check("{{profile.lines}}", "a<br>bc");
    check_in("{{profile.lines}}\"", "en", true, "a&#10;bc&quot;");
    check("{{cart.items}}{{cart.items}}", "22");
    check("{ {x}} } }", "{ {x}} } }");
}

static void test_missing(void **state)
{
    (void)state;
    check("a{{profile.nobody}}b", "ab");
    check("Hi {{profile.nobody|or:there}}!", "Hi there!");
    check("{{profile.none|or: a & b }}", "a &amp; b");
    check("{{profile.list|or:x}}", "x");
    check("{{profile.first_name|money|or:x}}", "x");
    check("{{profile.first_name|or:x}}", "J&#246;rg &lt;b&gt;");
    check("{{profile.vip|number|or:x}}", "x");
    check("{{profile.nobody|or:x|upper}}", "x");
}

static void test_errors(void **state)
{
    char name[300];

    (void)state;
    check_error("{{", "not closed");
    check_error("a {{x} b", "not closed");
    check_error("{{}}", "name of a fact");
    check_error("{{.x}}", "name of a fact");
    check_error("{{x y}}", "name of a fact");
    check_error("{{x|shout}}", "unknown format");
    check_error("{{x|money:eur}}", "unknown format");
    check_error("{{x|money:EURO}}", "unknown format");
    check_error("{{x|upper|lower}}", "one format");
    check_error("{{x|or:a|or:b}}", "one \"or:\"");
    check_error("{{x||}}", "unknown format");

    memset(name, 'a', sizeof(name));
    memcpy(name, "{{", 2);
    memcpy(name + 200, "}}", 3);
    check_error(name, "name of a fact");
}

/* What is long is cut between two characters. */
static void test_long(void **state)
{
    smartmsg_placeholder_t placeholder;
    smartmsg_str_t otherwise;
    smartmsg_json_facts_t from;
    const char *reason;
    char out[SMARTMSG_PLACEHOLDER_VALUE];
    char value[1202];
    json_t *object = json_object();
    smartmsg_facts_t facts = smartmsg_json_facts(&from, names, object);

    (void)state;

    for (size_t i = 0; i < 400; i++) {
        memcpy(value + 3 * i, "\xe2\x82\xac", 4);
    }

    assert_int_equal(json_object_set_new(object, "long", json_string(value)),
                     0);
    assert_int_equal(smartmsg_placeholder_parse(S("{{long}}"), names,
                                                &placeholder, &otherwise,
                                                &reason), 8);
    assert_int_equal(smartmsg_placeholder_value(&placeholder, &facts, S("en"),
                                                out), 510);
    assert_memory_equal(out, value, 510);
    json_decref(object);
}

/* Without facts, and with facts that are not known, there is the default. */
static const smartmsg_value_t *unknown(void *data, uint32_t slot)
{
    (void)data;
    (void)slot;

    return NULL;
}

static void test_unknown(void **state)
{
    smartmsg_hole_t hole;
    smartmsg_draft_t draft = {.names = names};
    smartmsg_facts_t facts = {.get = unknown, .data = NULL};
    smartmsg_fill_t with = {.facts = NULL};
    char html[20], out[20];

    (void)state;
    draft.sink.out = html;
    draft.holes = &hole;
    assert_null(smartmsg_draft_text(&draft, S("a{{x|or:b}}c"), false));
    assert_int_equal(smartmsg_draft_fill(smartmsg_str(html, draft.sink.len),
                                         &hole, 1, &with, out), 3);
    assert_memory_equal(out, "abc", 3);
    with.facts = &facts;
    assert_int_equal(smartmsg_draft_fill(smartmsg_str(html, draft.sink.len),
                                         &hole, 1, &with, out), 3);
    assert_memory_equal(out, "abc", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_unknown),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
