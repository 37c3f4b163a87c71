#include "support.h"

#include "core/escape.h"
#include "core/text.h"

typedef size_t (*escape_t)(smartmsg_str_t text, char *out);

static void check(escape_t escape, smartmsg_str_t text, const char *expected)
{
    size_t len = escape(text, NULL);
    char *out = malloc(len + 1);    /* exactly: valgrind sees what is beyond */

    assert_non_null(out);
    assert_int_equal(escape(text, out), len);
    assert_str(smartmsg_str(out, len), expected);
    free(out);
}

static void test_text(void **state)
{
    (void)state;

    check(smartmsg_escape_text, S(""), "");
    check(smartmsg_escape_text, S("Plain text, 1 + 1."), "Plain text, 1 + 1.");
    check(smartmsg_escape_text, S("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
    check(smartmsg_escape_text, S("a\nb\r\nc"), "a<br>b<br>c");
    check(smartmsg_escape_text, S("a\tb\x01\x7f" "c"), "a bc");
    check(smartmsg_escape_attribute, S("a\tb\x01\x7f" "c"), "a\tbc");
    check(smartmsg_escape_text, S("K\xc3\xb6nnen"), "K&#246;nnen");
    check(smartmsg_escape_text, S("\xe2\x82\xac"), "&#8364;");
    check(smartmsg_escape_text, S("\xf0\x9f\x98\x80"), "&#128512;");
    check(smartmsg_escape_text, S("\xe2\x80\xa8"), "&#8232;");
    check(smartmsg_escape_text, S("\xc2\x85"), "");
    check(smartmsg_escape_text, S("<!--#exec cmd=\"x\"-->"),
          "&lt;!--#exec cmd=&quot;x&quot;--&gt;");
}

static void test_attribute(void **state)
{
    (void)state;

    check(smartmsg_escape_attribute, S("a\nb"), "a&#10;b");
    check(smartmsg_escape_attribute, S("/?a=1&b=\"<'"),
          "/?a=1&amp;b=&quot;&lt;&#39;");
}

static void test_json(void **state)
{
    (void)state;

    check(smartmsg_escape_json, S("plain"), "plain");
    check(smartmsg_escape_json, S("\"\\/"), "\\&quot;\\\\/");
    check(smartmsg_escape_json, S("<&>'"), "&lt;&amp;&gt;&#39;");
    check(smartmsg_escape_json, S("\n\x1f\x7f"), "\\u000a\\u001f\\u007f");
    check(smartmsg_escape_json, S("\xc3\xa4"), "\\u00e4");
    check(smartmsg_escape_json, S("\xe2\x80\xa8"), "\\u2028");
    check(smartmsg_escape_json, S("\xf0\x9f\x98\x80"), "\\ud83d\\ude00");
    check(smartmsg_escape_json, S("\xf4\x8f\xbf\xbf"), "\\udbff\\udfff");
}

/* Whatever the character, what comes out is ASCII. */
static void test_every_character(void **state)
{
    smartmsg_text_t text;
    char out[32];

    (void)state;

    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }

        smartmsg_text_init(&text);
        smartmsg_text_add_char(&text, code);

        size_t len = smartmsg_escape_text(smartmsg_text_str(&text), out);

        len += smartmsg_escape_json(smartmsg_text_str(&text), out + len);
        smartmsg_text_free(&text);

        for (size_t i = 0; i < len; i++) {
            assert_true((out[i] >= 0x20 && out[i] < 0x7f) || out[i] == '\t');
        }

        assert_true(code > 0x7f || len > 0);
        assert_null(memchr(out, '"', len));
    }
}

/* jansson lets none pass, but this is the last door before a page. */
static void test_invalid_utf8(void **state)
{
    static const char *const invalid[] = {
        "\xff", "\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
        "\xe2\x82", "\xf8\x88\x80\x80\x80",
    };

    (void)state;
    check(smartmsg_escape_text, S("a\xff<"), "a&#65533;&lt;");
    check(smartmsg_escape_text, S("\xe2\x82"), "&#65533;&#65533;");

    for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
        char out[64];
        size_t len = smartmsg_escape_json(S(invalid[i]), out);

        assert_int_equal(len, 6 * strlen(invalid[i]));
        assert_memory_equal(out, "\\ufffd", 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_attribute),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_invalid_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
