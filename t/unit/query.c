#include "support.h"

#include "core/query.h"

static void check_get(const char *query, const char *name,
                      const char *expected)
{
    char buf[32];
    size_t len = 99;
    bool found = smartmsg_query_get(S(query), S(name), buf, sizeof(buf), &len);

    if (found != (expected != NULL)) {
        fail_msg("%s in \"%s\": found is %d", name, query, found);
    }

    assert_str(smartmsg_str(buf, len), expected ? expected : "");
}

static void test_get(void **state)
{
    (void)state;

    check_get("utm_source=news", "utm_source", "news");
    check_get("a=1&utm_source=news&b=2", "utm_source", "news");
    check_get("utm_source=a&utm_source=b", "utm_source", "a");
    check_get("xutm_source=a", "utm_source", NULL);
    check_get("utm_sourcex=a", "utm_source", NULL);
    check_get("utm_source", "utm_source", "");
    check_get("utm_source=", "utm_source", "");
    check_get("", "utm_source", NULL);
    check_get("&&&", "utm_source", NULL);
    check_get("&&a=1&", "a", "1");
    check_get("a=b=c", "a", "b=c");
    check_get("UTM_SOURCE=x", "utm_source", NULL);
    check_get("utm%5Fsource=x", "utm_source", "x");
    check_get("utm%5fsource%=x", "utm_source", NULL);
    check_get("a=x;b=y", "b", NULL);
}

static void test_decoding(void **state)
{
    (void)state;

    check_get("a=winter+sale%202", "a", "winter sale 2");
    check_get("a=%C3%A4%e2%82%ac", "a", "\xc3\xa4\xe2\x82\xac");
    check_get("a=\xc3\xa4", "a", "\xc3\xa4");
    check_get("a=100%", "a", "100%");
    check_get("a=%4", "a", "%4");
    check_get("a=%zz%41", "a", "%zzA");
    check_get("a=%26%3D%2B", "a", "&=+");
}

static void test_cleaning(void **state)
{
    (void)state;

    check_get("a=%00b%0d%0ac%7f", "a", "bc");
    check_get("a=x%FFy%C0%AFz", "a", "xyz");
    check_get("a=%ED%A0%80", "a", "");
    check_get("a=%C3", "a", "");
    check_get("a=%C3%C3%A4", "a", "\xc3\xa4");
    check_get("a=%C2%85b", "a", "b");
    check_get("a=++x+y++", "a", "x y");
}

static void test_bounds(void **state)
{
    char buf[5] = "....";
    size_t len;

    (void)state;

    assert_true(smartmsg_query_get(S("a=123456"), S("a"), buf, 4, &len));
    assert_str(smartmsg_str(buf, len), "1234");
    assert_int_equal(buf[4], 0);

    /* not half a character */
    assert_true(smartmsg_query_get(S("a=123%C3%A4"), S("a"), buf, 4, &len));
    assert_str(smartmsg_str(buf, len), "123");

    assert_true(smartmsg_query_get(S("a=123"), S("a"), buf, 0, &len));
    assert_int_equal(len, 0);
    assert_false(smartmsg_query_get(smartmsg_str(NULL, 0), S("a"), buf, 4,
                                    &len));
}

static void test_clean(void **state)
{
    char buf[32];

    (void)state;

    assert_int_equal(smartmsg_query_clean(S(" /a%20b+c\n"), buf, sizeof(buf)),
                     8);
    assert_memory_equal(buf, "/a%20b+c", 8);
    assert_int_equal(smartmsg_query_clean(S("abcdef"), buf, 3), 3);
}

static void check_host(const char *url, const char *expected)
{
    char buf[SMARTMSG_HOST_MAX];
    size_t len = smartmsg_referrer_host(S(url), buf, sizeof(buf));

    assert_str(smartmsg_str(buf, len), expected);
}

static void test_host(void **state)
{
    (void)state;

    check_host("https://www.example.com/search?q=1", "www.example.com");
    check_host("http://example.com", "example.com");
    check_host("HTTPS://WWW.Example.COM/", "www.example.com");
    check_host("https://example.com:8443/x", "example.com");
    check_host("https://user:pass@example.com/", "example.com");
    check_host("https://a@evil@example.com/", "example.com");
    check_host("https://example.com?x=@evil.com", "example.com");
    check_host("https://example.com#@evil.com", "example.com");
    check_host("https://example.com\\@evil.com", "example.com");
    check_host("https://example.com./", "example.com");
    check_host("https://[2001:DB8::1]:80/", "[2001:db8::1]");
    check_host("https://127.0.0.1/", "127.0.0.1");
}

static void test_no_host(void **state)
{
    char small[4];

    (void)state;

    check_host("", "");
    check_host("https://", "");
    check_host("https:///path", "");
    check_host("https://user@/", "");
    check_host("https://:80/", "");
    check_host("https://./", "");
    check_host("https://[::1", "");
    check_host("https://[a]b]/", "");
    check_host("https://exa mple.com/", "");
    check_host("https://ex\xc3\xa4mple.com/", "");
    check_host("https://exa%6dple.com/", "");
    check_host("ftp://example.com/", "");
    check_host("android-app://com.example/", "");
    check_host("/relative", "");
    assert_int_equal(smartmsg_referrer_host(S("https://abcde/"), small, 4), 0);
    assert_int_equal(
        smartmsg_referrer_host(smartmsg_str("https://a\0b/", 12), small, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_decoding),
        cmocka_unit_test(test_cleaning),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_host),
        cmocka_unit_test(test_no_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
