#include "core/html_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/*
 * The place of the insertion is written as '|' in a sample, which is taken
 * out before it is scanned; END samples would take the snippet at the end,
 * NONE samples nowhere.
 */
typedef enum { FOUND, END, NONE } outcome_e;

typedef struct {
    outcome_e outcome;
    const char *page;
} sample_t;

#define DOC "<!doctype html><html><head></head><body>"

static char csp[256];

/* The outcome is as the sample says; if not, tells where it was split. */
static void check(const smartmsg_html_t *h, const sample_t *sample, long place,
                  size_t split)
{
    bool found = h->result == SMARTMSG_HTML_FOUND;
    bool good;

    if (sample->outcome == FOUND) {
        good = found && h->insert == (uint64_t)place && h->safe == h->insert;
    } else {
        good = !found
               && smartmsg_html_end(h) == (sample->outcome == END);
    }

    if (!good) {
        print_error("%s: split at %zu: %s %lu, %s, end %d\n", sample->page,
                    split, found ? "found at" : "not found",
                    (unsigned long)h->insert, smartmsg_html_stop_name(h->stop),
                    smartmsg_html_end(h));
        fail();
    }
}

/* Feeds a piece as a caller does, and checks what it may forward. */
static void feed(smartmsg_html_t *h, const char *p, size_t n)
{
    uint64_t safe = h->safe;
    unsigned char *copy = malloc(n ? n : 1);

    assert_non_null(copy);
    memcpy(copy, p, n);     /* so that memory checkers see each end */

    switch (smartmsg_html_feed(h, copy, n)) {
    case SMARTMSG_HTML_MORE:
        assert_true(h->total - h->safe <= SMARTMSG_HTML_HELD);
        break;

    case SMARTMSG_HTML_FOUND:
        assert_true(h->insert >= safe);
        break;

    case SMARTMSG_HTML_STOP:
        assert_int_equal(h->safe, h->total);
        break;
    }

    assert_true(h->safe >= safe);
    free(copy);
}

static void start(smartmsg_html_t *h)
{
    smartmsg_html_init(h);
    smartmsg_html_csp_buffer(h, csp, sizeof(csp));
}

/* Whole, split in two everywhere, and byte by byte. */
static void scan(const sample_t *sample)
{
    const char *bar = strchr(sample->page, '|');
    size_t len = strlen(sample->page), i;
    long place = -1;
    char *page = malloc(len + 1);
    smartmsg_html_t h;

    assert_non_null(page);
    memcpy(page, sample->page, len + 1);

    if (sample->outcome == FOUND) {
        assert_non_null(bar);
        place = bar - sample->page;
        memmove(page + place, bar + 1, len - (size_t)place);
        len--;
    }

    for (i = 0; i <= len; i++) {
        start(&h);
        feed(&h, page, i);
        feed(&h, page + i, len - i);
        check(&h, sample, place, i);
    }

    start(&h);

    for (i = 0; i < len; i++) {
        feed(&h, page + i, 1);
    }

    check(&h, sample, place, 1);
    free(page);
}

static void scan_all(const sample_t *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        scan(&samples[i]);
    }
}

#define SCAN(samples) scan_all(samples, sizeof(samples) / sizeof(samples[0]))

static void test_end_tags(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "text|</body></html>" },
        { FOUND, DOC "|</BODY>" },
        { FOUND, DOC "|</body >" },
        { FOUND, DOC "|</body/>" },
        { FOUND, DOC "|</body\n\tx=y>" },
        { FOUND, DOC "|</body x='</body>'>" },
        { FOUND, DOC "|</body><p></body>" },
        { FOUND, DOC "1<2 |</body>" },
        { FOUND, DOC "<|</body>" },
        { FOUND, DOC "</>|</body>" },
        { FOUND, DOC "</html>|</body>" },
        { FOUND, "<!DOCTYPE html>|</body>" },
        { FOUND, "<body>|</body>" },
        { FOUND, DOC "<table><td>|</body>" },
        { END, DOC "</bodyx></bod></body:x>< /body>" },
        { END, DOC "&lt;/body>" },
        { END, DOC "<body></html>\n" },
        { END, DOC "<p></bodyx>" },
        { NONE, DOC "</bod" },
        { NONE, DOC "</body" },
        { NONE, DOC "<" },
        { NONE, DOC "<p class=" },
    };

    (void)state;
    SCAN(samples);
}

static void test_attributes(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<a title='</body>'>|</body>" },
        { FOUND, DOC "<a title=\"</body>\">|</body>" },
        { FOUND, DOC "<a title=\"'</body>\" b='\"</body>'>|</body>" },
        { FOUND, DOC "<a title = \n '>'>|</body>" },
        { FOUND, DOC "<a title=>|</body>" },
        { FOUND, DOC "<a title=</body>|</body>" },
        { FOUND, DOC "<a </body>|</body>" },
        { FOUND, DOC "<a 'x\"=y>|</body>" },
        { FOUND, DOC "<a =\"x>|</body>" },
        { FOUND, DOC "<a x='1'y=\"2\"z>|</body>" },
        { FOUND, DOC "<a x=a'b\">|</body>" },
        { FOUND, DOC "<a/ x/=/'>|</body>" },
        { FOUND, DOC "<a t=\"x\"v='y' T=1 ET = 2>|</body>" },
        { FOUND, DOC "<img/>|</body>" },
        { NONE, DOC "<a title='</body>" },
        { NONE, DOC "<a x=\"</body>'>" },
    };

    (void)state;
    SCAN(samples);
}

static void test_comments(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<!-- </body> -->|</body>" },
        { FOUND, DOC "<!--->|</body>" },
        { FOUND, DOC "<!-->|</body>" },
        { FOUND, DOC "<!---->|</body>" },
        { FOUND, DOC "<!--a--!>|</body>" },
        { FOUND, DOC "<!--!></body>-->|</body>" },
        { FOUND, DOC "<!---!></body>-->|</body>" },
        { FOUND, DOC "<!----!>|</body>" },
        { FOUND, DOC "<!--a--!-></body>--!--->|</body>" },
        { FOUND, DOC "<!-- <!-- </body> -->|</body>" },
        { FOUND, DOC "<!--a- -></body>--->|</body>" },
        { FOUND, DOC "<!-a>|</body>" },
        { FOUND, DOC "<!->|</body>" },
        { FOUND, DOC "<!>|</body>" },
        { FOUND, DOC "<!x </body>|</body>" },
        { FOUND, DOC "<?php </body>|</body>" },
        { FOUND, DOC "</1</body>|</body>" },
        { FOUND, DOC "<!doctyp>|</body>" },
        { FOUND, DOC "<!DOCTYPE x \">|</body>" },
        { FOUND, DOC "<![CDATA[</body>|</body>" },
        { FOUND, DOC "<![CDAT>|</body>" },
        { FOUND, DOC "<![if IE]>|</body>" },
        { NONE, DOC "<!-- </body>" },
        { NONE, DOC "<!-- </body> --" },
    };

    (void)state;
    SCAN(samples);
}

static void test_text_elements(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<title></body></title>|</body>" },
        { FOUND, DOC "<TextArea></body><!-- </TEXTAREA >|</body>" },
        { FOUND, DOC "<style></body></styl></stylex></style/>|</body>" },
        { FOUND, DOC "<iframe></body></iframe x='>'>|</body>" },
        { FOUND, DOC "<xmp></body><</xmp>|</body>" },
        { FOUND, DOC "<noembed></body></noembed>|</body>" },
        { FOUND, DOC "<noframes></body></noframes>|</body>" },
        { FOUND, DOC "<noscript></body></noscript>|</body>" },
        { FOUND, DOC "<style/></body></style>|</body>" },
        { FOUND, DOC "<title><title></body></title>|</body>" },
        { NONE, DOC "<title></body>" },
        { NONE, DOC "<style></body></style" },
        { NONE, DOC "<plaintext></body>" },
    };

    (void)state;
    SCAN(samples);
}

static void test_scripts(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<script>\"</body>\"</script>|</body>" },
        { FOUND, DOC "<script>a<b</scriptx></script\n>|</body>" },
        { FOUND, DOC "<script><!-- </body></script>|</body>" },
        { FOUND, DOC "<script><!--<script></script></body></script>|</body>" },
        { FOUND, DOC "<script><!--<script>--></script>|</body>" },
        { FOUND, DOC "<script><!--><script></script>|</body>" },
        { FOUND, DOC "<script><!---><script></script>|</body>" },
        { FOUND, DOC "<script><!-<script></script>|</body>" },
        { FOUND, DOC "<script><!--<scriptx></script>|</body>" },
        { FOUND, DOC "<script><!--<SCRIPT/></Script ></SCRIPT>|</body>" },
        { FOUND, DOC "<script><!--<script></scriptx></script>"
                     "</body></script>|</body>" },
        { FOUND, DOC "<script><!--- -><script></script></body>--></script>"
                     "|</body>" },
        { FOUND, DOC "<script><!--x--<script></script></body></script>"
                     "|</body>" },
        { FOUND, DOC "<style><!--<script></style>|</body>" },
        { NONE, DOC "<script><!--<script></script></body>" },
        { NONE, DOC "<script>x" },
    };

    (void)state;
    SCAN(samples);
}

static void test_templates(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<template></body></template>|</body>" },
        { FOUND, DOC "<template><TEMPLATE></template></body></template>"
                     "|</body>" },
        { FOUND, DOC "</template>|</body>" },
        { FOUND, DOC "<template/></body></template>|</body>" },
        { FOUND, DOC "<template><svg></body></template>|</body>" },
        { FOUND, DOC "<template><table><col></table><title></title>"
                     "</template>|</body>" },
        { FOUND, DOC "<template><select></template>|</body>" },
        { FOUND, DOC "<select><template></select></template></select>"
                     "|</body>" },
        { FOUND, "<!doctype html><template><html amp></template><head x>"
                 "|</body>" },
        { NONE, DOC "<template></body>" },
        { NONE, DOC "<select><template></select></template></body>" },
        { NONE, DOC "<template><col><title></template></body>" },
        { NONE, "<template><html><body></template></body>" },
    };

    (void)state;
    SCAN(samples);
}

static void test_select(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<select><option>a<option>b</select>|</body>" },
        { FOUND, DOC "<select><script></select></body></script></select>"
                     "|</body>" },
        { FOUND, DOC "<select><select><style></style>|</body>" },
        { FOUND, DOC "<select><input><style></style>|</body>" },
        { NONE, DOC "<select></body>" },
        { NONE, DOC "<select><table><select></select></body>" },
        { NONE, DOC "<table><td><select></td></table></body>" },
        { NONE, DOC "<select><style></style></select></body>" },
        { NONE, DOC "<select><svg></svg></select></body>" },
        { NONE, DOC "<select>" },
    };

    (void)state;
    SCAN(samples);
}

static void test_foreign(void **state)
{
    static const sample_t samples[] = {
        { FOUND, DOC "<svg/>|</body>" },
        { FOUND, DOC "<svg><path><path></svg>|</body>" },
        { FOUND, DOC "<svg><path/></path></svg>|</body>" },
        { FOUND, DOC "<svg><title></title></svg>|</body>" },
        { FOUND, DOC "<svg><style></svg>|</body>" },
        { FOUND, DOC "<svg><script/></script></svg>|</body>" },
        { FOUND, DOC "<svg><![CDATA[</svg></body>]]]></svg>|</body>" },
        { FOUND, DOC "<svg><![CDATA[]]x]></body>]]></svg>|</body>" },
        { FOUND, DOC "<svg><g><div>|</body>" },
        { FOUND, DOC "<svg><g></p>|</body>" },
        { FOUND, DOC "<svg></br>|</body>" },
        { FOUND, DOC "<svg><font color=x>|</body>" },
        { FOUND, DOC "<svg><font x></svg>|</body>" },
        { FOUND, DOC "<svg><foreignObject><p>x</p><style></svg></style>"
                     "</foreignObject></svg>|</body>" },
        { FOUND, DOC "<svg><desc><div><svg><desc></svg></div></desc></svg>"
                     "|</body>" },
        { FOUND, DOC "<svg><desc><template></body></template></desc></svg>"
                     "|</body>" },
        { FOUND, DOC "<svg><template><title></template></svg>|</body>" },
        { FOUND, DOC "<math><mi><b></b></mi><mi><mglyph></mi></math>|</body>" },
        { FOUND, DOC "<math><annotation-xml><style></math>|</body>" },
        { FOUND, DOC "<math><annotation-xml encoding='Text/HTML'><style>"
                     "</math></style></annotation-xml></math>|</body>" },
        { FOUND, DOC "<math><annotation-xml><svg><desc><style></svg></style>"
                     "</desc></svg></annotation-xml></math>|</body>" },
        { NONE, DOC "<svg></body>" },
        { NONE, DOC "<svg>" },
        { NONE, DOC "<svg><foreignObject><p></foreignObject></svg></body>" },
        { NONE, DOC "<div><svg></div></body>" },
        { NONE, DOC "<svg><desc><![CDATA[x]]></desc></svg></body>" },
        { NONE, DOC "<path><svg></path></svg></body>" },
    };

    (void)state;
    SCAN(samples);
}

/* Tags at which skipping has to be right, or to leave it to the tokenizer. */
static const char *const skipped[] = {
    "<div>", "<DIV >", "<div/>", "<div\n>", "<div\x01>", "<div\xc3\xa4>",
    "<h1>", "<h\x11>", "<address>", "<fieldset a=\"b\">", "<blockquote>",
    "<p title=\"</body>\">", "<p title='</body>'>", "<p title=a</body>",
    "<p title=\"a>b</body>\">", "<p title='a>b</body>'>",
    "<p title=\"a>\" alt=\"</body>\">", "<p title= \"a></body>\">",
    "<p title=\n\"a></body>\">", "<p title=\t'a></body>'>",
    "<p title =\"a></body>\">", "<p a=\"\" title=\"a></body>\">",
    "<p title=\"\">", "<p title=\"a \">", "<p title=\"a=\"></body>\">",
    "<p a=\"'\" title='\"></body>'>", "<p title='5\" a>b</body>'>",
    "<p a=b\"c></body>\">", "<p \"></body>\">", "<p a\"b=\"></body>\">",
    "<p a=b=\"></body>\">", "<p =\"></body>\">", "<p/=\"></body>\">",
    "<p a=b=\" c=\"></body>\">", "<p a=\"b=\" c=\"></body>\">", "<p <></body>",
    "<form a=\"></body>\">", "<link a='></body>'>", "<header a=\">\">", "1 > 2",
    "<p it's></body>'>", "<meta name=a content='x>y'>", "<meta charset=utf-8>",
    "<META CHARSET=x>", "<option value='</body>'>", "<svg a=b/></svg>",
    "<svg a=b /><p>", "<svg a='b'/><p>", "<h1 a='x>'>", "<h7 a='x>'>",
    "<template a='x>'></template>", "<select a='>'></select x='>'>",
    "<svg><path d=\"x>\" /><g a=/></g></svg>", "<svg><a/b></svg>",
    "<title a='>'></p></titl></title><g>", "<style>a>b{}</style x='>'><g>",
    "<script>a</b</script></script ><g>", "<!-- a--b > c --><g>", "<!--> <g>",
    "<!-- x--!> <g>", "<!--!><!--->", "<!-- - -- --- --!- --><g>", "<p a=it's></body>'>", "</p a=\"></body>\">",
    "</p a='></body>'>", "</p a=\"b\">", "</bod>", "</bodyx>", "</body\x01>",
    "</b>", "</button>", "</ p>", "</>", "</1>", "</p", "</BODY>",
    "<select><input></select>", "<svg><p></svg>", "<svg><a></a></svg>",
    "<svg><g><desc><svg></g><path></svg>", "<svg><path></a></path></svg>",
    "<template><p></body></template>", "<path>", "<use/><svg></use></svg>",
    "<p class=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>\">",
    "<p class=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" a>",
    "<p \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa a=\"></body>\">"
};

/* Nothing that counts later is different. */
static bool same_scan(const smartmsg_html_t *a, const smartmsg_html_t *b)
{
    return a->result == b->result && a->insert == b->insert
           && a->stop == b->stop && a->document == b->document
           && a->base == b->base && a->lang_len == b->lang_len
           && a->charset_len == b->charset_len && a->csp_len == b->csp_len
           && a->csp_overflow == b->csp_overflow
           && (a->result != SMARTMSG_HTML_MORE
               || (a->safe == b->safe && a->state == b->state
                   && a->flags == b->flags && a->depth == b->depth
                   && a->foreign_names == b->foreign_names));
}

/* The same result whether there is room for skipping or not. */
static void expect_same(const char *page, size_t len)
{
    smartmsg_html_t whole, bytes;

    start(&whole);
    feed(&whole, page, len);
    start(&bytes);

    for (size_t i = 0; i < len; i++) {
        feed(&bytes, page + i, 1);
    }

    if (!same_scan(&whole, &bytes)) {
        print_error("%.*s\n", (int)len, page);
        fail();
    }
}

/*
 * What other tags may have a meaning in, with and without one before; <path>
 * tells whether it is still an icon.
 */
static const struct {
    const char *open;
    const char *close;
} around[] = {
    { "", "" },
    { "<p>", "<p>" },
    { "<select>", "</select>" },
    { "<select><option>", "</select>" },
    { "<template>", "</template>" },
    { "<template><p>", "</template>" },
    { "<template><select>", "</select></template>" },
    { "<svg>", "<path></svg>" },
    { "<svg><g/>", "<path></svg>" },
};

#define AROUND (sizeof(around) / sizeof(around[0]))

/* Everywhere in a block of bytes, with and without more of them behind it. */
static void test_skipping(void **state)
{
    smartmsg_html_t h;

    (void)state;

    for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++) {

        for (int lead = 0; lead < 70; lead++) {
            char page[400];
            int len = snprintf(page, sizeof(page), "%s%*s%s%*s</body>%150s",
                               DOC, lead, "", skipped[i], 70 - lead, "", "");

            assert_in_range(len, 1, sizeof(page) - 1);
            expect_same(page, (size_t)len);

            for (size_t j = 1; lead % 5 == 0 && j < AROUND; j++) {
                len = snprintf(page, sizeof(page), "%s%s%*s%s%s</body>%70s",
                               DOC, around[j].open, lead, "", skipped[i],
                               around[j].close, "");
                expect_same(page, (size_t)len);
            }

            len = snprintf(page, sizeof(page), "%s%*s%s</p><g>", DOC, lead,
                           "", skipped[i]);
            expect_same(page, (size_t)len);

            /* nothing before it that memory checkers let it read */
            start(&h);
            feed(&h, DOC, strlen(DOC));
            feed(&h, page + strlen(DOC), (size_t)len - strlen(DOC));
        }
    }
}

/*
 * Wherever a piece ends, the state is that of reading byte by byte: in a tag,
 * too, and however much there is before it.
 */
static void test_pieces(void **state)
{
    static const char *const tags[] = {
        "<p class=\"a b\" id='c d' x=e/f y z = g w= \"h\" v =\"i\" u/>",
        "<p =a = =\"b\" c==d e=\"f\"g=h i=>j</p>",
        "<p/a / b/ =c\t/\n/ d \n= e \f/ >",
        "<p a='\"' b=\"'\" c= 'd>' e=\"f>\" g=h\"i\" j\"k\">",
        "</p class=\"a b\" c d = e / f='g'>",
        "<section ab = \"c\">text</section ab = \"c\">",
        "<script src='a' defer = b async/ c=d>a<b</script x=\"y\" z>",
        "<select a='b' c><option value=d e = \"f\" >g</select h='i'>",
        "<template a='b' c><td d='e' f></td><input g = h ></template i=j >",
        "<svg a='b' c=\"d\"><path d = 'e' f/ ><g/></path g='h' ></svg i = j >",
        "<math a='b'><mi c = d ></mi e = f ></math g=\"h\">",
        "<base href = a><font color='b'><meta name='c' charset = \"d\" >",
        "<body class='a' b></body c = d >",
        "<li>U<p title=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaa> <svg>\" class=\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb <svg>\"></p><svg><path></svg>",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {

        for (int lead = 0; lead < 70; lead += 7) {
            char page[400];
            smartmsg_html_t bytes;
            int len = snprintf(page, sizeof(page), "%s%*s%s", DOC, lead, "",
                               tags[i]);

            assert_in_range(len, 1, sizeof(page) - 1);
            start(&bytes);

            for (int n = 1; n <= len; n++) {
                smartmsg_html_t whole;

                feed(&bytes, page + n - 1, 1);
                start(&whole);
                feed(&whole, page, (size_t)n);

                if (!same_scan(&whole, &bytes)) {
                    print_error("%.*s\n", n, page);
                    fail();
                }
            }
        }
    }
}

/* A tag costs no more than its length, whatever it is made of. */
static void test_long_tags(void **state)
{
    static const char *const attrs[] = {
        " a", "a ", "< ", " =", "= ", "a ='", "=\"<", "a=\"b\"", "/ ", "=>",
    };

    static char page[1024 * 1024];

    (void)state;

    for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
        size_t len = (size_t)snprintf(page, sizeof(page), "%s<select", DOC);
        size_t n = strlen(attrs[i]);
        smartmsg_html_t h;
        clock_t before;

        for ( ; len + 80 < sizeof(page); len += n) {
            memcpy(page + len, attrs[i], n);
        }

        len += (size_t)snprintf(page + len, sizeof(page) - len,
                                " ='b'></select><p>%30s</body>", "");
        start(&h);
        before = clock();
        feed(&h, page, len);

        /* a millisecond; seconds if parts of it were read again and again */
        assert_true(clock() - before < CLOCKS_PER_SEC);
    }
}

/* Pages with a tag in them, and what is behind the tag. */
static void expect_same_tag(const char *tag, const char *behind)
{
    for (size_t i = 0; i < AROUND; i++) {
        char page[400];
        int len = snprintf(page, sizeof(page), "%s%s%s%s%s<p>%150s", DOC,
                           around[i].open, tag, behind, around[i].close, "");

        assert_in_range(len, 1, sizeof(page) - 1);
        expect_same(page, (size_t)len);
    }
}

/*
 * Each name with a meaning is seen among those without one, whatever follows:
 * more bytes are looked at than the shortest names have.
 */
static void test_skipping_names(void **state)
{
    static const char *const forms[] = { "<%s>", "<%s/>", "<%s\n>", "<%s\t>",
                                         "<%s\f>", "<%s\r>", "<%s x>",
                                         "</%s>", "</%s >", "<%sx>", "</%sx>",
                                         "<%.1s>" };
    static const char *const behind[] = { "", "x", "\xc3\xa9", "\xff" };
    const smartmsg_html_name_t *names;
    size_t n;

    (void)state;
    names = smartmsg_html_names(&n);
    assert_true(n > 100);

    for (size_t i = 0; i < n; i++) {

        for (size_t j = 0; j < sizeof(forms) / sizeof(forms[0]); j++) {
            char small[32], capital[32];

            (void)snprintf(small, sizeof(small), forms[j], names[i].name);
            strcpy(capital, small);

            for (char *c = capital; *c; c++) {
                *c = *c >= 'a' && *c <= 'z' ? *c - 0x20 : *c;
            }

            for (size_t k = 0; k < sizeof(behind) / sizeof(behind[0]); k++) {
                expect_same_tag(small, behind[k]);
                expect_same_tag(capital, behind[k]);
            }
        }
    }
}

/* An icon is as deep as the tokenizer could follow, and no deeper. */
static void test_skipping_icons(void **state)
{
    (void)state;

    for (int tags = SMARTMSG_HTML_DEPTH - 3; tags < SMARTMSG_HTML_DEPTH + 3;
         tags++)
    {
        char page[1000] = DOC "<svg>";
        smartmsg_html_t h;

        for (int i = 0; i < tags; i++) {
            strcat(page, i % 2 ? "<path>" : "<g>");
        }

        strcat(page, "</svg>");
        memset(page + strlen(page), ' ', 100);
        expect_same(page, strlen(page));

        start(&h);
        feed(&h, page, strlen(page));
        assert_int_equal(h.stop, tags < SMARTMSG_HTML_DEPTH
                                     ? SMARTMSG_HTML_STOP_NONE
                                     : SMARTMSG_HTML_STOP_DEEP);
    }
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>

/*
 * Which parts of the registers are in use, a bit each; 0 if the processor does
 * not tell.  Intel, Software Developer's Manual, volume 1, 13.6.
 */
static unsigned registers_in_use(void)
{
    unsigned eax, ebx, ecx, edx;

    if (!__get_cpuid_count(0xd, 1, &eax, &ebx, &ecx, &edx) || !(eax & 4)) {
        return 0;
    }

    __asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(1));

    return eax;
}

/* Left in use, the upper halves would make zlib and others slow. */
static void test_skipping_leaves_registers(void **state)
{
    const unsigned upper = 1 << 2 | 1 << 6;

    (void)state;

    for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++) {

        for (int len = 0; len < 200; len++) {
            char page[600];
            int n = snprintf(page, sizeof(page), "%s%*s%s<svg>%s</svg>%*s",
                             DOC, len, "", skipped[i], skipped[i], len, "");
            smartmsg_html_t h;
            unsigned before = registers_in_use();

            assert_in_range(n, 1, sizeof(page) - 1);
            start(&h);
            (void)smartmsg_html_feed(&h, (const unsigned char *)page,
                                     (size_t)n);
            assert_int_equal(registers_in_use() & upper & ~before, 0);
        }
    }
}

#else

static void test_skipping_leaves_registers(void **state)
{
    (void)state;
}

#endif

/* Random pages of such tags and pieces of tags, in random pieces. */
static void test_skipping_mixed(void **state)
{
    static const char *const pieces[] = {
        "<", ">", "\"", ">", "=", "=\"", "=\"x\"", "=''", " ", "\n", "/", "</",
        "<p ", "-", "!", "<a href=\"/x?a=b\">",
        "<img src=\"x\" alt=\"\" />", "x", "<!--",
        "-->", "text of a page ", "</li>\n", "<li class=\"item\">", "<svg>",
        "</svg>", "<path d=\"M1 2\"/>", "<g>", "<select>", "</select>",
        "<template>", "</template>", "<script>", "</script>", "<script>",
        "</script>", "<style>", "</style>", "<form a=\"b\" c=\"d e\">",
        "<table>", "<col>", "</div></div>\n", "<option value=\"1\">red",
        "</option>", "<input>", "<td>", "</tr>", "<svg class=\"a\">",
        "<use href='#a'/>", "<circle r=\"1\"></circle>", "</g>", "</path>",
        "<svg><path d=\"M1 2\"/></svg>", "<i x=\"1 > 2\" y='>'>", "<title>",
        "<svg><g x='a>b'><path></g></svg>", "<p onclick=\"a = '>'\">",
        "</title>", "<!--x-->", "<meta charset=a>", "<html lang=\"de\">"
    };
    uint32_t random = 1;

    (void)state;

    for (int i = 0; i < 3000; i++) {
        char page[1200] = DOC;
        size_t len = strlen(page), used = 0;
        smartmsg_html_t whole, split;

        while (len < 900) {
            const char *piece;

            random = random * 1664525 + 1013904223;

            if (random >> 29) {
                piece = pieces[(random >> 16) % (sizeof(pieces)
                                                 / sizeof(pieces[0]))];
            } else {
                piece = skipped[(random >> 16) % (sizeof(skipped)
                                                  / sizeof(skipped[0]))];
            }

            strcpy(page + len, piece);
            len += strlen(piece);
        }

        expect_same(page, len);

        start(&whole);
        feed(&whole, page, len);

        for (start(&split); used < len;) {
            size_t n;

            random = random * 1664525 + 1013904223;
            n = (random >> 16) % 300;
            n = n < len - used ? n : len - used;
            feed(&split, page + used, n);
            used += n;
        }

        assert_true(same_scan(&whole, &split));
    }
}

static void test_no_document(void **state)
{
    static const sample_t samples[] = {
        { NONE, "" },
        { NONE, "<div>fragment</div>" },
        { NONE, "<p></body>" },
        { NONE, "<!--[if IE]><html><body><![endif]--><p>" },
        { NONE, "<script><html></script>" },
        { NONE, "<svg><html></svg>" },
        { NONE, "<rss></rss>" },
        { END, "<!doctype html>" },
        { END, "x<html>" },
        { END, "<head>" },
        { FOUND, "<!--[if IE]><html></body><![endif]--><HTML>|</body>" },
        { FOUND, "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD "
                 "XHTML 1.0 Strict//EN'><html>|</body>" },
    };

    (void)state;
    SCAN(samples);
}

static void expect_stop(const char *page, smartmsg_html_stop_e stop)
{
    smartmsg_html_t h;

    start(&h);
    feed(&h, page, strlen(page));
    assert_int_equal(smartmsg_html_feed(&h, NULL, 0), SMARTMSG_HTML_STOP);
    assert_int_equal(h.stop, stop);
    assert_false(smartmsg_html_end(&h));

    /* and it stays so */
    assert_int_equal(smartmsg_html_feed(&h, (const unsigned char *)"</body>",
                                        7),
                     SMARTMSG_HTML_STOP);
}

static void test_stops(void **state)
{
    char deep[sizeof(DOC) + 3 * SMARTMSG_HTML_DEPTH + 8] = DOC;

    (void)state;

    expect_stop("<p></body>", SMARTMSG_HTML_STOP_FRAGMENT);
    expect_stop("<html><frameset>", SMARTMSG_HTML_STOP_FRAMESET);
    expect_stop("<!doctype html><html amp lang=en>", SMARTMSG_HTML_STOP_AMP);
    expect_stop("<html \xe2\x9a\xa1>", SMARTMSG_HTML_STOP_AMP);
    expect_stop("<html AMP4EMAIL=''>", SMARTMSG_HTML_STOP_AMP);
    expect_stop("<html><plaintext>", SMARTMSG_HTML_STOP_PLAINTEXT);
    expect_stop(DOC "<svg></body>", SMARTMSG_HTML_STOP_AMBIGUOUS);
    expect_stop("<html><meta charset=ISO-2022-JP>", SMARTMSG_HTML_STOP_CHARSET);

    strcat(deep, "<svg>");

    for (int i = 1; i < SMARTMSG_HTML_DEPTH; i++) {
        strcat(deep, i % 2 ? "<g>" : "<a>");
    }

    scan(&(sample_t){ NONE, deep });
    strcat(deep, "<x>");
    expect_stop(deep, SMARTMSG_HTML_STOP_DEEP);

    assert_string_equal(smartmsg_html_stop_name(SMARTMSG_HTML_STOP_NONE),
                        "none");
    assert_string_equal(smartmsg_html_stop_name(SMARTMSG_HTML_STOP_CHARSET),
                        "charset");
}

static bool same(const char *s, size_t len, const char *expected)
{
    return len == strlen(expected) && memcmp(s, expected, len) == 0;
}

/* A page's own values, the same at every split. */
static void expect_values(const char *page, const char *lang,
                          const char *charset, const char *policies)
{
    size_t len = strlen(page);
    smartmsg_html_t h;

    for (size_t i = 0; i <= len; i++) {
        start(&h);
        feed(&h, page, i);
        feed(&h, page + i, len - i);

        if (!same(h.lang, h.lang_len, lang)
            || !same(h.charset, h.charset_len, charset)
            || !same(h.csp, h.csp_len, policies) || h.csp_overflow) {
            print_error("%s: split at %zu: lang '%.*s', charset '%.*s', "
                        "policies '%.*s'\n", page, i, h.lang_len, h.lang,
                        h.charset_len, h.charset, (int)h.csp_len, h.csp);
            fail();
        }
    }
}

#define L35 "12345678901234567890123456789012345"
#define POLICY "<meta http-equiv=\"Content-Security-Policy\" content="

static void test_base(void **state)
{
    smartmsg_html_t h;

    (void)state;

    smartmsg_html_init(&h);
    smartmsg_html_feed(&h, (const unsigned char *)"<head><BASE href=/>", 19);
    assert_true(h.base);

    smartmsg_html_init(&h);
    smartmsg_html_feed(&h, (const unsigned char *)
                       "<head><template><base></template><!--<base>-->", 46);
    assert_false(h.base);
}

static void test_language(void **state)
{
    (void)state;
    expect_values("<html lang=de-AT>", "de-AT", "", "");
    expect_values("<HTML class='x' LANG = \"En\" lang=fr>", "En", "", "");
    expect_values("<html><html lang='fr'>", "fr", "", "");
    expect_values("<html lang=" L35 ">", L35, "", "");
    expect_values("<html lang=" L35 "6>", "", "", "");
    expect_values("<html lang>", "", "", "");
    expect_values("<html xml:lang=de data-lang=fr>", "", "", "");
    expect_values("<html lang='&#x64;&#101'>", "de", "", "");
    expect_values("<!-- <html lang=fr> --><html lang=de>", "de", "", "");
    expect_values("<template><html lang=fr></template>", "", "", "");
}

static void test_charset(void **state)
{
    (void)state;
    expect_values("<meta charset=UTF-8>", "", "UTF-8", "");
    expect_values("<meta charset=' utf-8 '/>", "", "utf-8", "");
    expect_values("<meta charset=a><meta charset=b>", "", "a", "");
    expect_values("<meta http-equiv=Content-Type "
                  "content='text/html; charset=ISO-8859-15'>",
                  "", "ISO-8859-15", "");
    expect_values("<meta content='text/html;charset = \"x y\" '"
                  " http-equiv=CONTENT-TYPE>",
                  "", "x y", "");
    expect_values("<meta http-equiv=content-type "
                  "content='charset charset=&#39;x;y'>",
                  "", "x;y", "");
    expect_values("<meta http-equiv=content-type content='text/html'>", "", "",
                  "");
    expect_values("<meta http-equiv=content-type content='charset'>", "", "",
                  "");
    expect_values("<meta http-equiv=refresh content='charset=x'>", "", "", "");
    expect_values("<meta content='charset=x'>", "", "", "");
    expect_values("<template><meta charset=x></template>", "", "", "");
}

static void test_policies(void **state)
{
    (void)state;
    expect_values(POLICY "\"default-src 'self'\">", "", "",
                  "default-src 'self'");
    expect_values(POLICY "\"a\">" POLICY "'b'><body>" POLICY "c>", "", "",
                  "a,b");
    expect_values("<meta content='x &quot;&amp;&#39;&#x27;&lt;&gt&apos;' "
                  "http-equiv=content-security-policy>",
                  "", "", "x \"&''<>'");
    expect_values(POLICY "'a&b=1&ampc&amp=&amp &colon;&unknown;&;&#;&#x;'>",
                  "", "", "a&b=1&ampc&amp=& :&unknown;&;&#;&#x;");
    expect_values(POLICY "'&#0;&#xD800;&#9999999999;&#228;&#x20ac;&#x1f600;'>",
                  "", "",
                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa4\xe2\x82\xac"
                  "\xf0\x9f\x98\x80");
    expect_values(POLICY "''>" POLICY "'a'>", "", "", "a");
    expect_values("<meta http-equiv=content-security-policy>", "", "", "");
    expect_values("<meta http-equiv=x content=a "
                  "http-equiv=content-security-policy>",
                  "", "", "");
    expect_values("<meta name=x content='looooong'>" POLICY "b>", "", "", "b");
    expect_values("<template>" POLICY "a></template>", "", "", "");
    expect_values("<noscript>" POLICY "a></noscript>", "", "", "");
    expect_values("<svg>" POLICY "a></svg>", "", "", "");
}

static void test_policy_buffer(void **state)
{
    static const char page[] = POLICY "abc>" POLICY "defg>" POLICY "hij>";
    char small[8];
    smartmsg_html_t h;

    (void)state;

    for (size_t i = 0; i <= strlen(page); i++) {
        smartmsg_html_init(&h);
        smartmsg_html_csp_buffer(&h, small, 7);
        small[7] = '!';
        feed(&h, page, i);
        feed(&h, page + i, strlen(page) - i);
        assert_int_equal(h.csp_len, 7);
        assert_memory_equal(h.csp, "abc,hij!", 8);
        assert_true(h.csp_overflow);
    }

    smartmsg_html_init(&h);
    feed(&h, "<meta name=a content=b>", 23);
    assert_false(h.csp_overflow);
    feed(&h, page, strlen(page));
    assert_true(h.csp_overflow);
    assert_int_equal(h.csp_len, 0);
}

static void test_offsets_beyond_32_bits(void **state)
{
    const uint64_t start_at = UINT64_C(0x1fffffffe);
    smartmsg_html_t h;

    (void)state;
    start(&h);
    feed(&h, "<html>", 6);
    h.total = h.safe = start_at;
    feed(&h, "x</bod", 6);
    assert_int_equal(h.safe, start_at + 1);
    feed(&h, "y>", 2);
    assert_int_equal(h.insert, start_at + 1);
}

/* The table of names and its index by letters belong together. */
static void test_names(void **state)
{
    static const char *const known[] = {
        "a", "annotation", "annotation-xml", "b", "br", "caption", "col",
        "defs", "dt", "ellipse", "embed", "feblend", "frameset", "g", "h1",
        "html", "i", "input", "keygen", "li", "listing", "malignmark", "mtr", "nobr", "noscript", "ol", "p", "pre",
        "radialgradient", "ruby", "s", "symbol", "table", "tt", "u", "use",
        "var", "view", "wbr", "xmp"
    };

    (void)state;

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const smartmsg_html_name_t *name =
            smartmsg_html_name(known[i], strlen(known[i]));

        assert_non_null(name);
        assert_string_equal(name->name, known[i]);
    }

    assert_null(smartmsg_html_name("", 0));
    assert_null(smartmsg_html_name("b-c", 3));
    assert_null(smartmsg_html_name("zz", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_end_tags),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_text_elements),
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_skipping),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_long_tags),
        cmocka_unit_test(test_skipping_names),
        cmocka_unit_test(test_skipping_icons),
        cmocka_unit_test(test_skipping_leaves_registers),
        cmocka_unit_test(test_skipping_mixed),
        cmocka_unit_test(test_no_document),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_language),
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_charset),
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_policy_buffer),
        cmocka_unit_test(test_offsets_beyond_32_bits),
    };

    int failed = 0;

    /* as on processors that can do less, as far as this one can do more */
    for (int width = SMARTMSG_HTML_WIDTH_NONE;
         width <= SMARTMSG_HTML_WIDTH_64; width++)
    {
        smartmsg_html_skip_width((smartmsg_html_width_e)width);
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }

    return failed;
}
