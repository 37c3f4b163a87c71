#include "support.h"

#include "core/jsonpos.h"

static const char document[] =
    "{\n"                                                   /* 1 */
    "  \"description\": \"{ \\\"not\\\": [1, 2] }\",\n"     /* 2 */
    "  \"rules\": [\n"                                      /* 3 */
    "    {\"force\": null},\n"                              /* 4 */
    "    {\n"                                               /* 5 */
    "      \"condition\": {\"page.type\": {\"$in\": [1,\n"  /* 6 */
    "         2]}},\n"                                      /* 7 */
    "      \"force\": {\"show\": {\n"                       /* 8 */
    "        \"t\xc3\xaftle\": 1, \"title\": -1.5e3}}\n"    /* 9 */
    "    }\n"                                               /* 10 */
    "  ],\n"                                                /* 11 */
    "  \"priority\": true\n"                                /* 12 */
    "}\n";

static void check(const char *path, int line, int column)
{
    smartmsg_jsonpos_t pos;

    assert_true(smartmsg_jsonpos_find(S(document), S(path), &pos));

    if (pos.line != line || pos.column != column) {
        fail_msg("%s is found at %d:%d", path, pos.line, pos.column);
    }
}

static void test_find(void **state)
{
    (void)state;

    check("", 1, 1);
    check("description", 2, 3);
    check("rules", 3, 3);
    check("rules[0]", 4, 5);
    check("rules[0].force", 4, 6);
    check("rules[1]", 5, 5);
    check("rules[1].condition.page.type", 6, 21);
    check("rules[1].condition.page.type.$in", 6, 35);
    check("rules[1].condition.page.type.$in[1]", 7, 10);
    check("rules[1].force.show.title", 9, 21);
    check("priority", 12, 3);
}

static void test_missing(void **state)
{
    (void)state;

    check("nothing", 1, 1);
    check("rules[7]", 3, 3);
    check("rules[1].force.show.text", 8, 17);
    check("rules[1].force.show.titles", 8, 17);
    check("rules[1].force.show.titl", 8, 17);
    check("rules[1].force.when[0].on", 8, 7);
    check("description.not", 2, 3);
    check("rules.force", 3, 3);
    check("rules[", 3, 3);
    check("rules[1", 3, 3);
    check("rules[99999999999999999999999999]", 3, 3);
}

/* The longest way that the path can be read wins. */
static void test_dots(void **state)
{
    smartmsg_jsonpos_t pos;
    smartmsg_str_t text = S("{\"a\": {\"c\": 1},\n\"a.b\": {\n\"c\": 1}}");

    (void)state;
    assert_true(smartmsg_jsonpos_find(text, S("a.b.c"), &pos));
    assert_int_equal(pos.line, 3);
    assert_true(smartmsg_jsonpos_find(text, S("a.c"), &pos));
    assert_int_equal(pos.line, 1);
}

static void test_no_json(void **state)
{
    static const char *const wrong[] = {
        "", " ", "{", "[", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1", "{1}",
        "{\"a", "\"a", "\"a\\", "[1}", "{}x", "[,]", ":", "{\"a\" 1}",
    };
    smartmsg_jsonpos_t pos;

    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (smartmsg_jsonpos_find(S(wrong[i]), S("a"), &pos)) {
            fail_msg("%s is read as JSON", wrong[i]);
        }

        assert_int_equal(pos.line, 1);
    }

    assert_false(smartmsg_jsonpos_find(smartmsg_str(NULL, 0), S(""), &pos));
}

static void test_depth(void **state)
{
    char text[100001];
    smartmsg_jsonpos_t pos;

    (void)state;
    memset(text, '[', sizeof(text));
    assert_false(smartmsg_jsonpos_find(smartmsg_str(text, sizeof(text)), S(""),
                                       &pos));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_dots),
        cmocka_unit_test(test_no_json),
        cmocka_unit_test(test_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
