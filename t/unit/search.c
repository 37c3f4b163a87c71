#include "support.h"

#include "core/click.h"
#include "core/search.h"

static void test_engines(void **state)
{
    static const char *const cases[][2] = {
        { "www.google.com", "google" },
        { "google.de", "google" },
        { "www.google.co.uk", "google" },
        { "www.google.com.br", "google" },
        { "m.google.com", "google" },
        { "images.google.fr", "google" },
        { "mail.google.com", "" },
        { "pay.google.com", "" },
        { "accounts.google.co.uk", "" },
        { "www.www.google.com", "" },
        { "google", "" },
        { "google.", "" },
        { "google.example", "" },
        { "google.com.evil.example", "" },
        { "google.co.uk.de", "" },
        { "notgoogle.com", "" },
        { "www.bing.com", "bing" },
        { "cn.bing.com", "bing" },
        { "bing.com", "bing" },
        { "bing.com.example", "" },
        { "xbing.com", "" },
        { "duckduckgo.com", "duckduckgo" },
        { "html.duckduckgo.com", "duckduckgo" },
        { "de.search.yahoo.com", "yahoo" },
        { "search.yahoo.co.jp", "yahoo" },
        { "mail.yahoo.com", "" },
        { "www.ecosia.org", "ecosia" },
        { "www.qwant.com", "qwant" },
        { "eu.startpage.com", "startpage" },
        { "www.baidu.com", "baidu" },
        { "yandex.ru", "yandex" },
        { "yandex.com.tr", "yandex" },
        { "ya.ru", "yandex" },
        { "mail.yandex.ru", "" },
        { "search.brave.com", "brave" },
        { "brave.com", "" },
        { "shop.example", "" },
        { "[2001:db8::1]", "" },
        { "", "" },
    };

    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        smartmsg_str_t engine = smartmsg_search_engine(S(cases[i][0]));

        if (!smartmsg_str_eq(engine, S(cases[i][1]))) {
            fail_msg("%s is \"%.*s\"", cases[i][0], (int)engine.len,
                     engine.data);
        }
    }
}

static void check_term(const char *host, const char *url, const char *expected)
{
    char buf[16];
    size_t len = 99;
    bool found = smartmsg_search_term(S(host), S(url), buf, sizeof(buf), &len);

    assert_int_equal(found, expected != NULL);
    assert_str(smartmsg_str(buf, len), expected ? expected : "");
}

static void test_terms(void **state)
{
    (void)state;
    check_term("www.bing.com", "https://www.bing.com/search?q=oak+chair&x=1",
               "oak chair");
    check_term("search.yahoo.com", "https://search.yahoo.com/search?p=st%C3%BChle",
               "st\xc3\xbchle");
    check_term("yandex.ru", "https://yandex.ru/search/?lr=1&text=a#q=b", "a");
    check_term("www.google.com", "https://www.google.com/", NULL);
    check_term("www.google.com", "https://www.google.com/?q=", NULL);
    check_term("www.google.com", "https://www.google.com/?", NULL);
    check_term("www.google.com", "https://www.google.com/#?", NULL);
    check_term("shop.example", "https://shop.example/?q=a", NULL);
    check_term("www.bing.com", "https://www.bing.com/?q=abcdefghijklmnopqrst",
               "abcdefghijklmnop");
    check_term("", "", NULL);
}

static void check_click(const char *query, const char *source, const char *id)
{
    char buf[16];
    size_t len = 99;
    smartmsg_str_t found = {NULL, 0};

    assert_int_equal(smartmsg_click_find(S(query), &found, buf, sizeof(buf),
                                         &len), source != NULL);
    assert_str(found, source ? source : "");
    assert_str(smartmsg_str(buf, len), id);
}

static void test_clicks(void **state)
{
    (void)state;
    check_click("a=1&gclid=Cj0K", "google", "Cj0K");
    check_click("gbraid=0AAA", "google", "0AAA");
    check_click("fbclid=IwAR", "facebook", "IwAR");
    check_click("msclkid=ab%20c", "microsoft", "ab c");
    check_click("ttclid=E.C.P", "tiktok", "E.C.P");
    check_click("ScCid=1", "snapchat", "1");
    check_click("fbclid=IwAR&gclid=Cj0K", "google", "Cj0K");
    check_click("gclid=&fbclid=IwAR", "facebook", "IwAR");
    check_click("gclid", NULL, "");
    check_click("xgclid=1", NULL, "");
    check_click("GCLID=1", NULL, "");
    check_click("", NULL, "");
    check_click("gclid=abcdefghijklmnopqrst", "google", "abcdefghijklmnop");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_engines),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_clicks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
