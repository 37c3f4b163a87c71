#include "support_names.h"

#include "core/markup.h"

static void check(const char *html, const char *expected)
{
    smartmsg_error_t err;
    smartmsg_hole_t holes[8];
    smartmsg_draft_t draft = {.names = names};
    char out[2000];
    size_t len;

    if (!smartmsg_markup_put(&draft, S(html), "p", &err)) {
        fail_msg("%s: %s", html, err.text);
    }

    len = draft.sink.len;
    assert_in_range(len, 0, sizeof(out));
    draft = (smartmsg_draft_t){.sink = {out, 0}, .holes = holes, .names = names};
    assert_true(smartmsg_markup_put(&draft, S(html), "p", &err));
    assert_int_equal(draft.sink.len, len);
    assert_str(smartmsg_str(out, len), expected);
}

static void check_error(const char *html, const char *part)
{
    smartmsg_error_t err;
    smartmsg_draft_t draft = {.names = names};

    if (smartmsg_markup_put(&draft, S(html), "p", &err)) {
        fail_msg("%s is accepted", html);
    }

    assert_string_equal(err.path, "p");

    if (strstr(err.text, part) == NULL) {
        fail_msg("%s: %s", html, err.text);
    }
}

static void test_elements(void **state)
{
    (void)state;
    check("plain", "plain");
    check("<b>a</b><strong>b</strong><i>c</i><em>d</em>",
          "<b>a</b><strong>b</strong><i>c</i><em>d</em>");
    check("<U>a</u ><S\n>b</s>", "<u>a</u><s>b</s>");
    check("H<sub>2</sub>O <small><span><code>x</code></span></small><sup>2</sup>",
          "H<sub>2</sub>O <small><span><code>x</code></span></small>"
          "<sup>2</sup>");
    check("a<br>b<br/>c<BR />d", "a<br>b<br>c<br>d");
    check("<p>a</p>\n<ul>\n <li>b<ol><li>c</li></ol></li>\n</ul>",
          "<p>a</p> <ul><li>b<ol><li>c</li></ol></li></ul>");
    check("<a href=\"/help\">x</a>", "<a href=\"/help\">x</a>");
    check("<a href = 'tel:+49'>x</a>", "<a href=\"tel:+49\">x</a>");
    check("<a href=\"/a?b=1&amp;c=&quot;\">x</a>",
          "<a href=\"/a?b=1&amp;c=&quot;\">x</a>");
}

static void test_text(void **state)
{
    (void)state;
    check("Q&A & co &amp; &lt;b&gt; &quot;&apos;&nbsp;",
          "Q&amp;A &amp; co &amp; &lt;b&gt; &quot;&#39;&#160;");
    check("&#8364;&#x20ac;&#X20AC;", "&#8364;&#8364;&#8364;");
    check("\xc3\xa4 > \"x\" \n y", "&#228; &gt; &quot;x&quot;   y");
    check("<b>{{cart.items|or:some & <more>}}</b>",
          "<b>some &amp; &lt;more&gt;</b>");
    check("{ {&#123;{ {{x}}.", "{ {{{ .");
    check("a & b; c", "a &amp; b; c");
}

static void test_refused(void **state)
{
    (void)state;
    check_error("<script>x</script>", "<script> is not allowed");
    check_error("<img src=x>", "<img> is not allowed");
    check_error("<svg/onload=x>", "<svg> is not allowed");
    check_error("<!-- x -->", "comments");
    check_error("<?x?>", "comments");
    check_error("a < b", "<> is not allowed");
    check_error("<b", "<b is not closed with >");
    check_error("<b<i>", "<b is not closed with >");
    check_error("<b/>", "<b is not closed with >");
    check_error("<b>", "<b> is not closed");
    check_error("</b>", "</b> closes no <b>");
    check_error("<b>x</i>", "open is <b>");
    check_error("</b x>", "</b is not closed with >");
    check_error("<b onclick=x>a</b>", "may not have the attribute \"onclick\"");
    check_error("<b style='x'>a</b>", "\"style\"");
    check_error("<a>x</a>", "needs a href");
    check_error("<a target=_blank href='/'>x</a>", "\"target\"");
    check_error("<a href>x</a>", "no value");
    check_error("<a href=/x>x</a>", "in quotes");
    check_error("<a href='/x>x</a>", "a quote is not closed");
    check_error("<a href='/' href='/'>x</a>", "twice");
    check_error("<a href='javascript:x'>x</a>", "not allowed");
    check_error("<a href='java&#115;cript:x'>x</a>", "not allowed");
    check_error("<a href='java&#10;script:x'>x</a>", "unknown character");
    check_error("<a href='/{{x}}'>x</a>", "not filled in links");
    check_error("&foo;", "unknown character reference");
    check_error("&#0;", "unknown character reference");
    check_error("&#xd800;", "unknown character reference");
    check_error("{{x", "not closed");
}

static void test_places(void **state)
{
    (void)state;
    check_error("<p><p>x</p></p>", "<p> cannot stand in <p>");
    check_error("<b><p>x</p></b>", "<p> cannot stand in <b>");
    check_error("<p><ul></ul></p>", "<ul> cannot stand in <p>");
    check_error("<li>x</li>", "<li> cannot stand here");
    check_error("<ul>x</ul>", "must be in an <li>");
    check_error("<ul><b>x</b></ul>", "<b> cannot stand in <ul>");
    check_error("<a href='/'><b><a href='/'>x</a></b></a>",
                "<a> cannot stand in <b>");
    check_error("<b><b><b><b><b><b><b><b><b>", "too deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, make_names, drop_names);
}
