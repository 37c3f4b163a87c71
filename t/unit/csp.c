#include "core/csp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ALLOW SMARTMSG_CSP_ALLOW
#define NONCE SMARTMSG_CSP_NONCE
#define BLOCK SMARTMSG_CSP_BLOCK

typedef struct {
    smartmsg_csp_verdict_e verdict;
    const char *policy;
    const char *detail;     /* NONCE: the nonce, BLOCK: the directive */
} case_t;

static const smartmsg_csp_page_t shop = {
    .https = true,
    .host = SMARTMSG_STR("www.shop.example"),
    .script = SMARTMSG_STR("/smartmsg/rt.0123.js"),
    .ui = SMARTMSG_STR("/smartmsg/ui.4567.js"),
    .event = SMARTMSG_STR("/smartmsg/event"),
    .decide = SMARTMSG_STR("/smartmsg/decide")
};

static smartmsg_str_t str(const char *s)
{
    return smartmsg_str(s, s ? strlen(s) : 0);
}

static void expect(const smartmsg_csp_page_t *page,
                   const smartmsg_csp_value_t *values, size_t n,
                   smartmsg_csp_verdict_e verdict, const char *detail)
{
    smartmsg_csp_result_t result = smartmsg_csp_decide(page, values, n);
    smartmsg_str_t actual = verdict == NONCE ? result.nonce
                                             : str(result.directive);

    if (result.verdict != verdict || !smartmsg_str_eq(actual, str(detail))) {
        for (size_t i = 0; i < n; i++) {
            print_error("%.*s\n", (int)values[i].value.len,
                        values[i].value.len ? values[i].value.data : "");
        }

        print_error("verdict %d, expected %d; '%.*s', expected '%s'\n",
                    result.verdict, verdict, (int)actual.len,
                    actual.len ? actual.data : "", detail ? detail : "");
        fail();
    }
}

static void expect_all(const smartmsg_csp_page_t *page, const case_t *cases,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        smartmsg_csp_value_t value = { .value = str(cases[i].policy) };

        expect(page, &value, 1, cases[i].verdict, cases[i].detail);

        /* a report for each view would be noise: no difference */
        if (strstr(cases[i].policy, "sandbox") == NULL) {
            value.report_only = true;
            expect(page, &value, 1, cases[i].verdict, cases[i].detail);
            value.report_only = false;
            value.meta = true;
            expect(page, &value, 1, cases[i].verdict, cases[i].detail);
        }
    }
}

#define EXPECT(page, cases) \
    expect_all(page, cases, sizeof(cases) / sizeof(cases[0]))

static void test_none(void **state)
{
    static const case_t cases[] = {
        { ALLOW, "", NULL },
        { ALLOW, " , ;; ,", NULL },
        { ALLOW, "upgrade-insecure-requests", NULL },
        { ALLOW, "frame-ancestors 'self'; object-src 'none'", NULL },
        { ALLOW, "require-trusted-types-for 'script'; trusted-types 'none'",
          NULL },
        { ALLOW, "unknown-src 'none'; img-src 'none'; style-src 'none'", NULL },
        { ALLOW, "script-src-attr 'none'", NULL },
    };

    (void)state;
    EXPECT(&shop, cases);
    assert_int_equal(smartmsg_csp_decide(&shop, NULL, 0).verdict, ALLOW);
}

static void test_chains(void **state)
{
    static const case_t cases[] = {
        { ALLOW, "default-src 'self'", NULL },
        { BLOCK, "default-src 'none'; connect-src 'self'", "script-src" },
        { BLOCK, "default-src 'none'; script-src 'self'", "connect-src" },
        { ALLOW, "default-src 'none'; script-src 'self'; connect-src 'self'",
          NULL },
        { BLOCK, "script-src 'self'; script-src-elem https://cdn.example",
          "script-src" },
        { ALLOW, "script-src 'none'; script-src-elem 'self'", NULL },
        { ALLOW, "DEFAULT-SRC 'SELF'", NULL },
        { ALLOW, "script-src 'self'; script-src 'none'", NULL },
        { BLOCK, "script-src 'none'; script-src 'self'", "script-src" },
        { BLOCK, "script-src", "script-src" },
        { BLOCK, "script-src;default-src 'self'", "script-src" },
        { BLOCK, "connect-src ", "connect-src" },
        { ALLOW, "\tscript-src\n'self'\f; connect-src\r'self' ;", NULL },
        { ALLOW, "script-src \xc3\xa4 'none'", NULL },
        { BLOCK, "default-src 'self', script-src 'none'", "script-src" },
        { BLOCK, "script-src 'none', default-src 'self'", "script-src" },
    };

    (void)state;
    EXPECT(&shop, cases);
}

static void test_sources(void **state)
{
    static const case_t cases[] = {
        { ALLOW, "script-src *", NULL },
        { ALLOW, "script-src https:", NULL },
        { ALLOW, "script-src HTTP:", NULL },
        { ALLOW, "connect-src wss:", NULL },
        { BLOCK, "script-src data: blob:", "script-src" },
        { ALLOW, "script-src 'none' 'self'", NULL },
        { BLOCK, "script-src self none", "script-src" },
        { BLOCK, "script-src 'unsafe-inline' 'unsafe-eval'", "script-src" },
        { BLOCK, "script-src 'sha256-abc='", "script-src" },
        { ALLOW, "script-src www.shop.example", NULL },
        { ALLOW, "script-src WWW.Shop.Example", NULL },
        { ALLOW, "script-src *.shop.example", NULL },
        { ALLOW, "script-src *.example", NULL },
        { BLOCK, "script-src *.www.shop.example", "script-src" },
        { BLOCK, "script-src shop.example", "script-src" },
        { BLOCK, "script-src *shop.example", "script-src" },
        { BLOCK, "script-src *.", "script-src" },
        { ALLOW, "script-src https://www.shop.example", NULL },
        { ALLOW, "script-src http://www.shop.example", NULL },
        { ALLOW, "script-src https://*", NULL },
        { ALLOW, "script-src https://*:*", NULL },
        { BLOCK, "script-src ftp://www.shop.example", "script-src" },
        { BLOCK, "script-src https://", "script-src" },
        { BLOCK, "script-src https:/www.shop.example", "script-src" },
        { ALLOW, "script-src www.shop.example:443", NULL },
        { ALLOW, "script-src www.shop.example:*", NULL },
        { BLOCK, "script-src www.shop.example:80", "script-src" },
        { BLOCK, "script-src www.shop.example:8443", "script-src" },
        { BLOCK, "script-src www.shop.example:", "script-src" },
        { BLOCK, "script-src www.shop.example:4294967739", "script-src" },
        { BLOCK, "script-src www.shop.example?x", "script-src" },
        { ALLOW, "script-src http://www.shop.example:*", NULL },
        { BLOCK, "script-src http://www.shop.example:443", "script-src" },
        { BLOCK, "script-src ws://www.shop.example:443", "script-src" },
        { ALLOW, "script-src wss://www.shop.example:443", NULL },
        { BLOCK, "script-src 'self' 'url-sha256-abc='", "script-src" },
        { NONCE, "script-src 'self' 'URL-sha512-abc=' 'nonce-x'", "x" },
        { NONCE, "script-src 'self' 'strict-dynamic-url' 'nonce-x'", "x" },
        { ALLOW, "script-src 'self' url-sha256-abc=", NULL },
    };

    (void)state;
    EXPECT(&shop, cases);
}

static void test_paths(void **state)
{
    static const case_t cases[] = {
        { ALLOW, "script-src www.shop.example/", NULL },
        { ALLOW, "script-src www.shop.example/smartmsg/", NULL },
        { ALLOW, "script-src www.shop.example/smartmsg/rt.0123.js "
                 "www.shop.example/smartmsg/ui.4567.js", NULL },
        { ALLOW, "script-src www.shop.example/smart%6Dsg/rt.0123.js "
                 "www.shop.example/smartmsg/u%69.4567.js", NULL },
        { BLOCK, "script-src www.shop.example/smartmsg/rt.0123.js",
          "script-src" },
        { BLOCK, "script-src www.shop.example/smartmsg/ui.4567.js",
          "script-src" },
        { NONCE, "script-src www.shop.example/smartmsg/rt.0123.js 'nonce-abc'",
          "abc" },
        { BLOCK, "script-src www.shop.example/smartmsg%2Frt.0123.js",
          "script-src" },
        { BLOCK, "script-src www.shop.example/smartmsg", "script-src" },
        { BLOCK, "script-src www.shop.example/smartmsg/rt", "script-src" },
        { BLOCK, "script-src www.shop.example/smartmsg/rt.0123.js/",
          "script-src" },
        { BLOCK, "script-src www.shop.example/Smartmsg/", "script-src" },
        { BLOCK, "script-src www.shop.example//smartmsg/", "script-src" },
        { BLOCK, "script-src www.shop.example/js/", "script-src" },
        { BLOCK, "script-src 'self'; connect-src www.shop.example/api/",
          "connect-src" },
        { BLOCK, "connect-src www.shop.example/smartmsg/event",
          "connect-src" },
        { BLOCK, "connect-src www.shop.example/smartmsg/decide",
          "connect-src" },
        { ALLOW, "connect-src www.shop.example/smartmsg/event "
                 "www.shop.example/smartmsg/decide", NULL },
    };

    (void)state;
    EXPECT(&shop, cases);
}

static void test_origins(void **state)
{
    static const case_t plain[] = {
        { ALLOW, "script-src 'self'", NULL },
        { ALLOW, "script-src http://127.0.0.1:8080", NULL },
        { ALLOW, "script-src 127.0.0.1:8080", NULL },
        { ALLOW, "script-src ws://127.0.0.1:8080", NULL },
        { ALLOW, "script-src *:8080", NULL },
        { BLOCK, "script-src 127.0.0.1", "script-src" },
        { BLOCK, "script-src *.0.0.1:8080", "script-src" },
        { BLOCK, "script-src https:", "script-src" },
        { BLOCK, "script-src https://127.0.0.1:8080", "script-src" },
    };
    static const case_t six[] = {
        { ALLOW, "script-src [::1]", NULL },
        { ALLOW, "script-src http://[::1]:80/", NULL },
        { BLOCK, "script-src [::1", "script-src" },
        { BLOCK, "script-src [::2]", "script-src" },
    };
    smartmsg_csp_page_t page = shop;

    (void)state;

    page.https = false;
    page.host = str("127.0.0.1");
    page.port = 8080;
    EXPECT(&page, plain);

    page.host = str("[::1]");
    page.port = 0;
    EXPECT(&page, six);

    page.port = 80;
    EXPECT(&page, six);
}

static void test_nonces(void **state)
{
    static const case_t cases[] = {
        { NONCE, "script-src 'nonce-r4nd0m'", "r4nd0m" },
        { NONCE, "script-src 'NONCE-aB+/-_=='", "aB+/-_==" },
        { NONCE, "default-src 'nonce-x'; connect-src *", "x" },
        { ALLOW, "script-src 'nonce-x' 'self'", NULL },
        { NONCE, "script-src 'strict-dynamic' 'self' https: 'nonce-x'", "x" },
        { NONCE, "script-src 'nonce-x' 'Strict-Dynamic' *", "x" },
        { BLOCK, "script-src 'strict-dynamic' 'self' https:", "script-src" },
        { BLOCK, "script-src 'strict-dynamic' 'sha256-abc='", "script-src" },
        { BLOCK, "script-src 'nonce-'", "script-src" },
        { BLOCK, "script-src 'nonce-='", "script-src" },
        { BLOCK, "script-src 'nonce-a===' ", "script-src" },
        { BLOCK, "script-src 'nonce-a=b'", "script-src" },
        { BLOCK, "script-src 'nonce-a\"b'", "script-src" },
        { BLOCK, "script-src 'nonce-a", "script-src" },
        { BLOCK, "script-src nonce-a", "script-src" },
        { NONCE, "script-src 'nonce-a', script-src 'nonce-a'", "a" },
        { NONCE, "script-src 'nonce-a' 'nonce-b', script-src 'nonce-b'", "b" },
        { NONCE, "script-src 'nonce-a', script-src 'self'", "a" },
        { NONCE, "script-src 'self', img-src *, script-src 'nonce-a'", "a" },
        { BLOCK, "script-src 'nonce-a', script-src 'nonce-A'", "nonce" },
        { BLOCK, "script-src 'nonce-a', script-src 'none'", "nonce" },
        { BLOCK, "default-src 'nonce-a'", "connect-src" },
    };

    (void)state;
    EXPECT(&shop, cases);
}

static void test_sandbox(void **state)
{
    static const case_t cases[] = {
        { BLOCK, "sandbox", "sandbox" },
        { BLOCK, "sandbox allow-scripts", "sandbox" },
        { BLOCK, "sandbox allow-same-origin allow-forms", "sandbox" },
        { ALLOW, "sandbox Allow-Scripts allow-same-origin", NULL },
        { BLOCK, "default-src 'self', sandbox", "sandbox" },
    };
    smartmsg_csp_value_t value = { .value = str("sandbox") };

    (void)state;
    EXPECT(&shop, cases);

    value.meta = true;
    expect(&shop, &value, 1, ALLOW, NULL);

    value.meta = false;
    value.report_only = true;
    expect(&shop, &value, 1, ALLOW, NULL);
}

static void test_integrity(void **state)
{
    static const case_t cases[] = {
        { BLOCK, "require-sri-for script", "require-sri-for" },
        { BLOCK, "script-src 'nonce-a'; Require-SRI-for style Script",
          "require-sri-for" },
        { ALLOW, "require-sri-for style", NULL },
        { ALLOW, "require-sri-for", NULL },
    };

    (void)state;
    EXPECT(&shop, cases);
}

static void test_upgrade(void **state)
{
    smartmsg_csp_page_t page = shop;
    smartmsg_csp_value_t value = {
        .value = str("script-src 'self', Upgrade-Insecure-Requests;")
    };

    (void)state;
    expect(&page, &value, 1, ALLOW, NULL);

    page.https = false;
    expect(&page, &value, 1, ALLOW, NULL);

    page.upgradable = true;
    expect(&page, &value, 1, BLOCK, "upgrade-insecure-requests");

    value.meta = true;
    expect(&page, &value, 1, BLOCK, "upgrade-insecure-requests");

    value.meta = false;
    value.report_only = true;
    expect(&page, &value, 1, ALLOW, NULL);
}

static bool image(const smartmsg_csp_page_t *page, const char *policy,
                  const char *address)
{
    smartmsg_csp_value_t value = { .value = str(policy), .report_only = true };

    return smartmsg_csp_allows_image(page, &value, 1, str(address));
}

static void test_images(void **state)
{
    smartmsg_csp_page_t plain = shop, moved = shop;

    (void)state;
    plain.https = false;
    plain.port = 8080;
    moved.base = true;

    assert_false(image(&moved, "img-src *", "/a.png"));
    assert_true(image(&moved, "img-src *", "https://www.shop.example/a.png"));
    assert_true(image(&shop, "script-src 'none'", "https://cdn.example/a"));
    assert_true(image(&shop, "img-src *", "https://cdn.example/a"));
    assert_true(image(&shop, "default-src 'self'", "/a.png"));
    assert_true(image(&shop, "default-src 'self'", "a.png"));
    assert_true(image(&shop, "img-src 'self'", "//WWW.shop.example/a"));
    assert_true(image(&shop, "img-src 'self'", "https://www.shop.example:443/"));
    assert_true(image(&shop, "img-src /x 'self'", "/a?b=//c"));
    assert_true(image(&shop, "img-src https:", "//cdn.example/a"));
    assert_true(image(&shop, "img-src cdn.example", "https://cdn.example"));
    assert_true(image(&shop, "img-src cdn.example/a/", "https://cdn.example/a/b"));
    assert_true(image(&shop, "img-src www.shop.example/a/", "/a/b?c#d"));
    assert_true(image(&shop, "img-src *.example:*", "https://x.y.example:8443/"));
    assert_true(image(&plain, "img-src 'self'", "http://www.shop.example:8080/"));
    assert_true(image(&plain, "img-src cdn.example", "https://cdn.example/a"));

    assert_false(image(&shop, "img-src 'none'", "/a.png"));
    assert_false(image(&shop, "img-src", "/a.png"));
    assert_false(image(&shop, "img-src data: blob:", "/a.png"));
    assert_false(image(&shop, "default-src 'none', img-src *", "/a.png"));
    assert_false(image(&shop, "default-src *; img-src 'self'", "//cdn.example/"));
    assert_false(image(&shop, "img-src 'self'", "https://www.shop.example:8443/"));
    assert_false(image(&shop, "img-src 'self'", "http://www.shop.example/a"));
    assert_false(image(&shop, "img-src cdn.example", "http://cdn.example/a"));
    assert_false(image(&shop, "img-src https:", "http://cdn.example/a"));
    assert_false(image(&shop, "img-src cdn.example/b/", "https://cdn.example/a"));
    assert_false(image(&shop, "img-src www.shop.example/a/", "a/b"));
    assert_false(image(&shop, "img-src *", "data:image/gif;base64,x"));
    assert_false(image(&shop, "img-src *", "https:///a"));
    assert_false(image(&shop, "img-src *", "https://*/a"));
    assert_false(image(&plain, "img-src 'self'", "http://www.shop.example/"));
}

static void test_several_values(void **state)
{
    smartmsg_csp_value_t values[3] = {
        { .value = str("script-src 'nonce-a' 'nonce-b'; connect-src 'self'") },
        { .value = str("default-src 'self'"), .report_only = true },
        { .value = str("script-src 'nonce-b'"), .meta = true },
    };

    (void)state;
    expect(&shop, values, 1, NONCE, "a");
    expect(&shop, values, 2, NONCE, "a");
    expect(&shop, values, 3, NONCE, "b");

    values[2].value = str("script-src 'nonce-c'");
    expect(&shop, values, 3, BLOCK, "nonce");

    /* there is no such thing in <meta> */
    values[2].report_only = true;
    expect(&shop, values, 3, NONCE, "a");

    values[1].value = str("script-src 'none'");
    expect(&shop, values, 3, BLOCK, "nonce");

    values[0].value = (smartmsg_str_t){ NULL, 0 };
    expect(&shop, values, 3, BLOCK, "script-src");
}

/* Policies as sites send them. */
static void test_real_policies(void **state)
{
    static const case_t cases[] = {
        /* a Magento shop */
        { ALLOW, "font-src 'self' data: 'unsafe-inline'; form-action "
                 "'self' 'unsafe-inline'; script-src assets.adobedtm.com "
                 "*.adobe.com www.paypal.com 'self' 'unsafe-inline' "
                 "'unsafe-eval'; connect-src dpm.demdex.net 'self' "
                 "'unsafe-inline'; default-src 'self' 'unsafe-inline' "
                 "'unsafe-eval'; base-uri 'self' 'unsafe-inline';", NULL },
        /* a hosted shop */
        { ALLOW, "block-all-mixed-content; frame-ancestors 'none'; "
                 "upgrade-insecure-requests;", NULL },
        /* strict, as recommended by Google */
        { NONCE, "object-src 'none'; script-src 'nonce-rAnd0m+/==' "
                 "'unsafe-inline' 'unsafe-eval' 'strict-dynamic' https: "
                 "http:; base-uri 'none'; report-uri https://csp.example/r",
          "rAnd0m+/==" },
        /* strict by hashes, as static sites do */
        { BLOCK, "script-src 'strict-dynamic' 'sha256-n4bQgYhMfWWaL+qgxVrQ"
                 "FaO/TxsrC4Is0V1sFbDwCgg=' https: 'unsafe-inline'; "
                 "object-src 'none'", "script-src" },
        /* default-src 'none' with all that is needed */
        { BLOCK, "default-src 'none'; base-uri 'self'; child-src "
                 "www.shop.example/assets-cdn/worker/; connect-src 'self' "
                 "uploads.shop.example; script-src assets.shop.example",
          "script-src" },
        { ALLOW, "default-src 'self' http: https: data: blob: "
                 "'unsafe-inline' 'unsafe-eval'", NULL },
        { BLOCK, "default-src https:; script-src https: 'unsafe-inline'; "
                 "connect-src https://api.shop.example wss://x.example",
          "connect-src" },
        /* several in one */
        { NONCE, "script-src 'nonce-abc' 'strict-dynamic'; connect-src *, "
                 "frame-ancestors 'self'", "abc" },
    };

    (void)state;
    EXPECT(&shop, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_nonces),
        cmocka_unit_test(test_sandbox),
        cmocka_unit_test(test_integrity),
        cmocka_unit_test(test_upgrade),
        cmocka_unit_test(test_images),
        cmocka_unit_test(test_several_values),
        cmocka_unit_test(test_real_policies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
