#include "support.h"

#include "core/href.h"

static void test_allowed(void **state)
{
    static const char *const links[] = {
        "https://example.com/", "http://example.com", "HTTPS://EXAMPLE.COM",
        "tel:+49 30 123456", "TEL:112", "mailto:a@example.com?subject=Hi",
        "sms:+49123", "/cart", "cart", "cart/", "?a=b", "#help",
        "//cdn.example.com/x", "/a:b", "./a:b", "/search?q=http://x",
        "1:2", "/\303\274ber", "https://example.com/a b",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        const char *reason = smartmsg_href_check(S(links[i]));

        if (reason != NULL) {
            fail_msg("%s: %s", links[i], reason);
        }
    }
}

static void test_refused(void **state)
{
    static const char *const links[] = {
        "", " ", "javascript:alert(1)", "JavaScript:alert(1)",
        " javascript:alert(1)", "\tjavascript:alert(1)",
        "java\tscript:alert(1)", "java\nscript:alert(1)",
        "\x01javascript:alert(1)", "\037javascript:x", "/a\nb",
        "data:text/html,x", "vbscript:x", "blob:x", "file:///etc/passwd",
        "ftp://example.com/", "about:blank", "whatsapp://send", "a+b-c.d:x",
        "http:", "http:/", "http://", "https:///x", "https://?x", "https://#",
        "http:example.com", "//", "///x", "//?", "\\\\evil.example",
        "/\\evil.example", "https:\\\\x", "tel:", "mailto:", "/a ",
        "https://example.com\x7f", "/\xc2\x85", "x:",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (smartmsg_href_check(S(links[i])) == NULL) {
            fail_msg("%s is allowed", links[i]);
        }
    }

    /* '&' is no character of a scheme: a relative URL, and escaped as such */
    assert_null(smartmsg_href_check(S("javascript&colon;:x")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
