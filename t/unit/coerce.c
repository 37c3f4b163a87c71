#include "support.h"

#include <math.h>

#include "core/coerce.h"
#include "core/unicode.h"
#include "core/version.h"

static void expect_format(double number, const char *expected)
{
    char text[SMARTMSG_NUMBER_SIZE];
    size_t len = smartmsg_format_number(number, text);

    assert_string_equal(text, expected);
    assert_int_equal(len, strlen(expected));
}

static void test_format(void **state)
{
    (void) state;
    expect_format(0, "0");
    expect_format(-0.0, "0");
    expect_format(1, "1");
    expect_format(-1.5, "-1.5");
    expect_format(0.1, "0.1");
    expect_format(1.0 / 3, "0.3333333333333333");
    expect_format(100, "100");
    expect_format(123456789012345680000.0, "123456789012345680000");
    expect_format(1e21, "1e+21");
    expect_format(-1.25e300, "-1.25e+300");
    expect_format(0.000001, "0.000001");
    expect_format(0.0000001, "1e-7");
    expect_format(1.5e-9, "1.5e-9");
    expect_format(5e-324, "5e-324");
    expect_format(-1.7976931348623157e308, "-1.7976931348623157e+308");
    expect_format(9007199254740992.0, "9007199254740992");
    expect_format(NAN, "NaN");
    expect_format(-INFINITY, "-Infinity");
}

static void expect_number(const char *text, double expected)
{
    double number = smartmsg_parse_number(S(text));

    if (!(number == expected || (isnan(number) && isnan(expected)))) {
        fail_msg("\"%s\" is %g, not %g", text, number, expected);
    }
}

static void test_parse(void **state)
{
    char many[600];

    (void) state;
    expect_number("", 0);
    expect_number(" \t\n\xC2\xA0 \xEF\xBB\xBF", 0);
    expect_number("  12 ", 12);
    expect_number("-1.5e2", -150);
    expect_number("+.5", 0.5);
    expect_number("5.", 5);
    expect_number(".", NAN);
    expect_number("-", NAN);
    expect_number("1e", NAN);
    expect_number("1e+", NAN);
    expect_number("1 2", NAN);
    expect_number("1,5", NAN);
    expect_number("0x1F", 31);
    expect_number("0b101", 5);
    expect_number("0o17", 15);
    expect_number("-0x1", NAN);
    expect_number("0x", NAN);
    expect_number("0x1p3", NAN);
    expect_number("0b2", NAN);
    expect_number("Infinity", INFINITY);
    expect_number("-Infinity", -INFINITY);
    expect_number("infinity", NAN);
    expect_number("nan", NAN);
    expect_number("007", 7);
    expect_number("1_000", NAN);

    assert_true(isnan(smartmsg_parse_number(smartmsg_str("1\0" "2", 3))));
    assert_true(smartmsg_parse_number(smartmsg_str(NULL, 0)) == 0);

    memset(many, '1', sizeof(many));
    assert_true(isnan(smartmsg_parse_number(smartmsg_str(many,
                                                         sizeof(many)))));
}

static void expect_lower(const char *text, const char *expected)
{
    smartmsg_text_t lower;

    smartmsg_text_init(&lower);
    smartmsg_add_lower(&lower, S(text));
    assert_str(smartmsg_text_str(&lower), expected);
    smartmsg_text_free(&lower);
}

static void test_lower(void **state)
{
    (void) state;
    expect_lower("ABC xyz 1", "abc xyz 1");
    expect_lower("ÄÖÜ ÉÈ ẞ Ł Ž", "äöü éè ß ł ž");
    expect_lower("ΑΒΓΣ ς", "αβγσ σ");
    expect_lower("ПРИВЕТ Ё", "привет ё");
    expect_lower("\xC4\xB0", "i\xCC\x87");
    expect_lower("\xFF" "A", "\xEF\xBF\xBD" "a");
    expect_lower("×Þß÷", "×þß÷");
}

static void test_utf16_order(void **state)
{
    (void) state;
    assert_true(smartmsg_utf16_cmp(S("a"), S("b")) < 0);
    assert_true(smartmsg_utf16_cmp(S("a"), S("a")) == 0);
    assert_true(smartmsg_utf16_cmp(S("ab"), S("a")) > 0);
    assert_true(smartmsg_utf16_cmp(S(""), S("a")) < 0);

    /* U+1F600 is written with surrogates, which come before U+E000 */
    assert_true(smartmsg_utf16_cmp(S("\xF0\x9F\x98\x80"), S("\xEE\x80\x80"))
                < 0);
    assert_true(smartmsg_utf16_cmp(S("\xED\x9F\xBF"), S("\xF0\x9F\x98\x80"))
                < 0);
}

static void expect_version(const char *version, const char *expected)
{
    smartmsg_text_t text;
    smartmsg_value_t value = smartmsg_value_string(version, strlen(version));

    smartmsg_text_init(&text);
    smartmsg_add_version(&text, &value);
    assert_str(smartmsg_text_str(&text), expected);
    smartmsg_text_free(&text);
}

static void test_version(void **state)
{
    char digits[300];
    smartmsg_text_t text;
    smartmsg_value_t value;

    (void) state;
    expect_version("1.2.3", "    1-    2-    3-~");
    expect_version("v1.2.3-rc.1+build.5", "    1-    2-    3-rc-    1");
    expect_version("1", "    1");
    expect_version("", "    0");
    expect_version("123456.0", "123456-    0");
    expect_version("1..2", "    1--    2-~");
    expect_version("v", "");
    expect_version("+x", "");

    /* longer than what fits without memory */
    memset(digits, '.', sizeof(digits));
    value = smartmsg_value_string(digits, sizeof(digits));
    smartmsg_text_init(&text);
    smartmsg_add_version(&text, &value);
    assert_int_equal(text.len, sizeof(digits));
    smartmsg_text_free(&text);
}

static void expect_json(const char *a, const char *b, bool equal)
{
    json_t *x = json_loads(a, 0, NULL);
    json_t *y = json_loads(b, 0, NULL);

    assert_non_null(x);
    assert_non_null(y);
    assert_int_equal(smartmsg_json_equal(x, y), equal);
    assert_int_equal(smartmsg_json_equal(y, x), equal);
    json_decref(x);
    json_decref(y);
}

static void test_json_equal(void **state)
{
    (void) state;
    expect_json("[]", "[]", true);
    expect_json("[]", "{}", false);
    expect_json("[1,\"a\",null,true]", "[1.0,\"a\",null,true]", true);
    expect_json("[1]", "[\"1\"]", false);
    expect_json("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", false);
    expect_json("{\"1\":1,\"a\":2}", "{\"a\":2,\"1\":1}", true);
    expect_json("{\"1\":1,\"2\":2}", "{\"2\":2,\"1\":1}", true);
    expect_json("{\"1\":1}", "{\"1\":2}", false);
    expect_json("{\"1\":1,\"a\":1}", "{\"a\":1,\"b\":1}", false);
    expect_json("{\"01\":1,\"a\":2}", "{\"a\":2,\"01\":1}", false);
    expect_json("{\"4294967295\":1,\"a\":2}", "{\"a\":2,\"4294967295\":1}",
                false);
    expect_json("[[[{\"a\":[0]}]]]", "[[[{\"a\":[0]}]]]", true);
    expect_json("[[[{\"a\":[0]}]]]", "[[[{\"a\":[-1]}]]]", false);
}

static void test_value_at(void **state)
{
    json_t *json = json_loads("{\"a\":{\"b\":[10,{\"c\":\"x\"}],\"\":1}}", 0,
                              NULL);
    smartmsg_value_t v;

    (void) state;
    v = smartmsg_value_at(json, S("a.b.0"));
    assert_int_equal(v.type, SMARTMSG_NUMBER);
    v = smartmsg_value_at(json, S("a.b.1.c"));
    assert_str(v.u.string, "x");
    v = smartmsg_value_at(json, S("a.b.length"));
    assert_true(v.u.number == 2);
    v = smartmsg_value_at(json, S("a."));
    assert_int_equal(v.type, SMARTMSG_NUMBER);
    v = smartmsg_value_at(json, S("a"));
    assert_int_equal(v.type, SMARTMSG_JSON);

    assert_int_equal(smartmsg_value_at(json, S("")).type, SMARTMSG_MISSING);
    assert_int_equal(smartmsg_value_at(json, S(".")).type, SMARTMSG_MISSING);
    assert_int_equal(smartmsg_value_at(json, S("a.b.01")).type,
                     SMARTMSG_MISSING);
    assert_int_equal(smartmsg_value_at(json, S("a.b.2")).type,
                     SMARTMSG_MISSING);
    assert_int_equal(smartmsg_value_at(json, S("a.b.99999999999")).type,
                     SMARTMSG_MISSING);
    assert_int_equal(smartmsg_value_at(json, S("a.b.1.c.length")).type,
                     SMARTMSG_MISSING);
    assert_int_equal(smartmsg_value_at(NULL, S("a")).type, SMARTMSG_MISSING);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_lower),
        cmocka_unit_test(test_utf16_order),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_json_equal),
        cmocka_unit_test(test_value_at)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
