#include "support.h"

#include "core/cookie.h"

static void check_find(const char *header, const char *name,
                       const char *expected)
{
    smartmsg_str_t value = {NULL, 0};
    bool found = smartmsg_cookie_find(S(header), S(name), &value);

    if (expected == NULL) {
        if (found) {
            fail_msg("%s found in \"%s\"", name, header);
        }

        return;
    }

    if (!found) {
        fail_msg("%s not found in \"%s\"", name, header);
    }

    assert_str(value, expected);
}

static void test_find(void **state)
{
    (void)state;

    check_find("a=1", "a", "1");
    check_find("a=1; b=2; c=3", "b", "2");
    check_find("a=1;b=2", "b", "2");
    check_find("a=1; b=2", "c", NULL);
    check_find("", "a", NULL);
    check_find("a=1; a=2", "a", "1");
    check_find("A=1; a=2", "a", "2");
    check_find("xa=1; ax=2", "a", NULL);
    check_find("x=a=1; a=2", "a", "2");
    check_find("a=b=c", "a", "b=c");
    check_find("a=", "a", "");
    check_find("a", "a", NULL);
    check_find("a; a=2", "a", "2");
    check_find(" \ta \t= 1 \t; b=2", "a", "1");
    check_find("a=\"1 2\"", "a", "1 2");
    check_find("a=\"", "a", "\"");
    check_find("a=\"\"", "a", "");
    check_find(";;; ;a=1;;", "a", "1");
    check_find("=1; a=2", "a", "2");
    check_find("a=\"x;b=2\"", "b", "2\"");
}

static void test_find_is_bounded(void **state)
{
    size_t size = SMARTMSG_COOKIE_HEADER_MAX + 100;
    char *header = malloc(size);
    smartmsg_str_t value;

    (void)state;
    assert_non_null(header);
    memset(header, 'x', size);
    memcpy(header + SMARTMSG_COOKIE_HEADER_MAX + 10, "; a=1", 5);
    assert_false(smartmsg_cookie_find(smartmsg_str(header, size), S("a"),
                                      &value));
    memcpy(header + 100, "; a=2;", 6);
    assert_true(smartmsg_cookie_find(smartmsg_str(header, size), S("a"),
                                     &value));
    assert_str(value, "2");
    free(header);
    assert_false(smartmsg_cookie_find(smartmsg_str(NULL, 0), S("a"), &value));
}

static smartmsg_set_cookie_t visitor_cookie(void)
{
    return (smartmsg_set_cookie_t){
        .name = S("sm"),
        .value = S("AAAAAAAAAAAAAAAAAAAAAA"),
        .path = S("/"),
        .max_age = 31536000,
        .same_site = SMARTMSG_SAMESITE_LAX,
        .http_only = true,
    };
}

static void check_write(const smartmsg_set_cookie_t *cookie,
                        const char *expected)
{
    size_t size = smartmsg_cookie_size(cookie);
    char *buf = malloc(size);

    assert_non_null(buf);
    assert_int_equal(smartmsg_cookie_write(cookie, buf, size - 1), 0);
    assert_int_equal(smartmsg_cookie_write(cookie, buf, size), size);
    assert_str(smartmsg_str(buf, size), expected);
    free(buf);
}

static void test_write(void **state)
{
    smartmsg_set_cookie_t cookie = visitor_cookie();

    (void)state;
    check_write(&cookie, "sm=AAAAAAAAAAAAAAAAAAAAAA; Max-Age=31536000; Path=/; "
                "HttpOnly; SameSite=Lax");

    cookie.domain = S("shop.example");
    cookie.secure = true;
    cookie.same_site = SMARTMSG_SAMESITE_NONE;
    check_write(&cookie, "sm=AAAAAAAAAAAAAAAAAAAAAA; Max-Age=31536000; Path=/; "
                "Domain=shop.example; Secure; HttpOnly; SameSite=None");

    cookie = (smartmsg_set_cookie_t){.name = S("a"), .max_age = -1};
    check_write(&cookie, "a=");

    cookie.max_age = 0;
    cookie.same_site = SMARTMSG_SAMESITE_STRICT;
    check_write(&cookie, "a=; Max-Age=0; SameSite=Strict");
}

static void test_check(void **state)
{
    smartmsg_set_cookie_t cookie = visitor_cookie();

    (void)state;
    assert_null(smartmsg_cookie_check(&cookie, false));

    cookie.name = S("");
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    cookie.name = S("a;b");
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    cookie.name = S("a=b");
    assert_non_null(smartmsg_cookie_check(&cookie, false));

    cookie = visitor_cookie();
    cookie.value = S("a;b");
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    cookie.value = S("a\r\nSet-Cookie: x");
    assert_non_null(smartmsg_cookie_check(&cookie, false));

    cookie = visitor_cookie();
    cookie.path = S("shop");
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    cookie.path = S("/; Domain=evil");
    assert_non_null(smartmsg_cookie_check(&cookie, false));

    cookie = visitor_cookie();
    cookie.domain = S("a b");
    assert_non_null(smartmsg_cookie_check(&cookie, false));

    cookie = visitor_cookie();
    cookie.same_site = SMARTMSG_SAMESITE_NONE;
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    assert_null(smartmsg_cookie_check(&cookie, true));
    cookie.secure = true;
    assert_null(smartmsg_cookie_check(&cookie, false));
}

static void test_check_prefixes(void **state)
{
    smartmsg_set_cookie_t cookie = visitor_cookie();

    (void)state;
    cookie.name = S("__Secure-sm");
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    assert_null(smartmsg_cookie_check(&cookie, true));

    cookie.name = S("__host-sm");
    assert_non_null(smartmsg_cookie_check(&cookie, false));
    assert_null(smartmsg_cookie_check(&cookie, true));
    cookie.domain = S("shop.example");
    assert_non_null(smartmsg_cookie_check(&cookie, true));
    cookie.domain = S("");
    cookie.path = S("/shop");
    assert_non_null(smartmsg_cookie_check(&cookie, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_find_is_bounded),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_check_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
