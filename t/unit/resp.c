#include "support.h"

#include "core/resp.h"

/* Everything that a reply says, in one line. */
static smartmsg_resp_t *describe(smartmsg_resp_t *item, char **p)
{
    static const char types[] = "_$+-:*>";
    smartmsg_resp_t *next = item + 1;

    *p += sprintf(*p, "%c", types[item->type]);

    switch (item->type) {
    case SMARTMSG_RESP_NIL:
        break;

    case SMARTMSG_RESP_INTEGER:
        *p += sprintf(*p, "%lld", (long long)item->number);
        break;

    case SMARTMSG_RESP_ARRAY:
    case SMARTMSG_RESP_PUSH:
        *p += sprintf(*p, "(");

        for (int64_t i = 0; i < item->number; i++) {
            if (i == 0) {
                assert_ptr_equal(next, smartmsg_resp_first(item));
            }

            smartmsg_resp_t *here = next;

            *p += sprintf(*p, i ? " " : "");
            next = describe(here, p);
            assert_ptr_equal(next, smartmsg_resp_next(here));
        }

        *p += sprintf(*p, ")");
        break;

    default:
        assert_int_equal(item->str[item->len], 0);
        memcpy(*p, item->str, item->len);
        *p += item->len;
    }

    return next;
}

/*
 * A buffer of just this size, so that what reads beyond it is seen by the
 * tools, and moved each time.
 */
static char *moved(char *old, const char *text, size_t len)
{
    char *buf = malloc(len > 0 ? len : 1);

    assert_non_null(buf);
    memcpy(buf, text, len);
    free(old);

    return buf;
}

/* A small reply, as the first one or the next one. */
static void check_small(smartmsg_resp_parser_t *parser)
{
    char buf[] = "*2\r\n$1\r\na\r\n*0\r\n", said[64], *p = said;
    smartmsg_resp_t *reply;
    size_t used = 0;

    assert_int_equal(smartmsg_resp_parse(parser, buf, sizeof(buf) - 1, &reply,
                                         &used), SMARTMSG_RESP_DONE);
    assert_int_equal(used, sizeof(buf) - 1);
    assert_ptr_equal(describe(reply, &p), smartmsg_resp_next(reply));
    assert_str(smartmsg_str(said, (size_t)(p - said)), "*($a *())");
}

/*
 * The text comes in pieces that end at "first" and every "step" bytes on; the
 * parser is a new one, or one that has been in use.
 */
static void check_with(bool used_before, smartmsg_str_t text,
                       const char *expected, size_t first, size_t step)
{
    smartmsg_resp_parser_t parser = {0};
    smartmsg_resp_t *reply = NULL;
    smartmsg_resp_result_e result;
    char said[4096], *p = said, *buf = NULL;
    size_t used = 0, len = first;

    if (used_before) {
        check_small(&parser);
    }

    for ( ;; ) {
        buf = moved(buf, text.data, len);
        result = smartmsg_resp_parse(&parser, buf, len, &reply, &used);

        if (result != SMARTMSG_RESP_MORE || len == text.len) {
            break;
        }

        len = text.len - len > step ? len + step : text.len;
    }

    if (result == SMARTMSG_RESP_DONE) {
        assert_ptr_equal(describe(reply, &p), smartmsg_resp_next(reply));
        assert_true(used <= len);
        check_small(&parser);
    } else if (result == SMARTMSG_RESP_MORE) {
        p += sprintf(p, "more");
    } else {
        p += sprintf(p, "%s", smartmsg_resp_reason(result));
    }

    *p = '\0';

    if (strcmp(said, expected) != 0) {
        fail_msg("%.*s: \"%s\" is not \"%s\" (%zu, %zu)", (int)text.len,
                 text.data, said, expected, first, step);
    }

    smartmsg_resp_free(&parser);
    free(buf);
}

static void check_pieces(smartmsg_str_t text, const char *expected,
                         size_t first, size_t step)
{
    check_with(false, text, expected, first, step);
    check_with(true, text, expected, first, step);
}

static void check_bytes(smartmsg_str_t text, const char *expected)
{
    for (size_t first = 0; first <= text.len; first++) {
        check_pieces(text, expected, first, text.len);
    }

    for (size_t step = 1; step < 4; step++) {
        check_pieces(text, expected, 0, step);
    }
}

static void check(const char *text, const char *expected)
{
    check_bytes(S(text), expected);
}

static void test_items(void **state)
{
    (void)state;
    check("+OK\r\n", "+OK");
    check("+\r\n", "+");
    check("-ERR no such thing\r\n", "-ERR no such thing");
    check("+a\rb\r\n", "+a\rb");
    check(":0\r\n", ":0");
    check(":1\r\n", ":1");
    check(":-12\r\n", ":-12");
    check(":9223372036854775807\r\n", ":9223372036854775807");
    check(":-9223372036854775808\r\n", ":-9223372036854775808");
    check("$0\r\n\r\n", "$");
    check("$5\r\nhello\r\n", "$hello");
    check(":12345\r\n", ":12345");
    check(":123456\r\n", ":123456");
    check(":007\r\n", ":7");
    check("$4\r\na\r\nb\r\n", "$a\r\nb");
    check("$-1\r\n", "_");
    check("*-1\r\n", "_");
    check("*0\r\n", "*()");
}

static void test_binary(void **state)
{
    static const char text[] = "$3\r\n\0\xff\n\r\n";
    smartmsg_resp_parser_t parser = {0};
    smartmsg_resp_t *reply;
    char buf[sizeof(text)];
    size_t used;

    (void)state;
    memcpy(buf, text, sizeof(text));

    assert_int_equal(smartmsg_resp_parse(&parser, buf, sizeof(text) - 1,
                                         &reply, &used), SMARTMSG_RESP_DONE);
    assert_int_equal(used, sizeof(text) - 1);
    assert_int_equal(reply->len, 3);
    assert_memory_equal(reply->str, "\0\xff\n", 3);

    smartmsg_resp_free(&parser);
}

static void test_arrays(void **state)
{
    (void)state;
    check("*1\r\n:1\r\n", "*(:1)");
    check("*4\r\n$5\r\nviews\r\n$1\r\n7\r\n$4\r\nlast\r\n$10\r\n1700000000\r\n",
          "*($views $7 $last $1700000000)");
    check("*3\r\n*2\r\n:1\r\n*0\r\n*-1\r\n*1\r\n*1\r\n$-1\r\n",
          "*(*(:1 *()) _ *(*(_)))");
    check("*5\r\n+a\r\n-b\r\n:-3\r\n$1\r\nd\r\n*1\r\n+e\r\n",
          "*(+a -b :-3 $d *(+e))");
    check("*2\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*0\r\n:2\r\n",
          "*(*(*(*(*(*(*(*())))))) :2)");
}

/* What RESP3 adds for hashes and invalidations. */
static void test_resp3(void **state)
{
    (void)state;
    check("_\r\n", "_");
    check("%0\r\n", "*()");
    check("%1\r\n$4\r\nhelp\r\n$3\r\noff\r\n", "*($help $off)");
    check("%2\r\n+a\r\n:1\r\n$1\r\nb\r\n*1\r\n_\r\n", "*(+a :1 $b *(_))");
    check("*2\r\n%1\r\n+a\r\n%0\r\n:1\r\n", "*(*(+a *()) :1)");
    check(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n",
          ">($invalidate *($k))");
    check(">2\r\n$10\r\ninvalidate\r\n_\r\n", ">($invalidate _)");
    check(">0\r\n", ">()");
    check("%", "more");
    check("%1\r\n+a\r\n", "more");
    check("_\r", "more");
    check("%524288\r\n", "more");
    check("%1048576\r\n", "reply too large");
    check("%9223372036854775807\r\n", "reply too large");
    check(">1048576\r\n", "reply too large");
}

/* Texts in an array, short and long ones, whole, in pieces and broken. */
static void test_texts(void **state)
{
    static const char *const broken[] = {
        "$1\r\nab\r\n", "$1\r\na\rb", "$1\r\na\n\n", "$1\n\na\r\n",
        "$1\rxa\r\n", "$1xa\r\n\r\n", "$12\n\n", "$12\rx", "$x\r\n\r\n",
        "$1x\r\na\r\n", "$\r\n\r\n\r\n", "$0\r\n\n\n", "$0\r\nab\r\n",
    };
    static const size_t sizes[] = {0, 1, 9, 10, 11, 98, 99, 100, 101, 120};
    static const int counts[] = {62, 63, 64, 65, 150};
    char text[2048], expected[2048], *p, *e;

    (void)state;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        char word[128] = "";

        /* ends of lines in it are no ends of it */
        for (size_t k = 0; k < sizes[i]; k++) {
            word[k] = "\r\n"[k % 2];
        }

        p = text + sprintf(text, "*4\r\n");
        e = expected + sprintf(expected, "*(");

        for (int k = 0; k < 3; k++) {
            p += sprintf(p, "$%zu\r\n%s\r\n", sizes[i], word);
            e += sprintf(e, "$%s ", word);
        }

        sprintf(p, "*3\r\n$02\r\nab\r\n$-1\r\n$%zu\r\n%s\r\n", sizes[i],
                word);
        sprintf(e, "*($ab _ $%s))", word);
        check(text, expected);
    }

    /* and about as many, or more of them, as there is room for at first */
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        p = text + sprintf(text, "*%d\r\n", counts[i]);
        e = expected + sprintf(expected, "*($w");

        for (int k = 0; k < counts[i]; k++) {
            p += sprintf(p, "$1\r\nw\r\n");
            e += k > 0 ? sprintf(e, " $w") : 0;
        }

        /* what follows is of the next reply */
        sprintf(p, "$1\r\nx\r\n");
        sprintf(e, ")");
        check(text, expected);
    }

    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        sprintf(text, "*3\r\n$1\r\na\r\n%s$1\r\na\r\n", broken[i]);
        check(text, "protocol error");
    }
}

static void test_incomplete(void **state)
{
    (void)state;
    check("", "more");
    check("+", "more");
    check("+OK\r", "more");
    check(":1", "more");
    check(":-", "more");
    check("$5\r\nhello\r", "more");
    check("$99\r\n", "more");
    check("$134217714\r\nthe rest may come", "more");
    check("*1048575\r\n", "more");
    check("*2\r\n:1\r\n", "more");
}

static void test_broken(void **state)
{
    static const char *const broken[] = {
        "x\r\n", "\r\n", ":1\n\n", ":1\r\r", "*1\rx", "*1x\r\n", " +OK\r\n",
        "#t\r\n", ",1.5\r\n", "(1\r\n", "_x\r\n", "_\n", "_1\r\n", "%x\r\n",
        "%-2\r\n", ">\r\n", "+OK\n", "+\n", "-a\nb\r\n", ":\r\n", ":a\r\n", ":1a\r\n",
        ":1\n", ":1\rx", ":+1\r\n", ": 1\r\n", ":--1\r\n", ":1 \r\n",
        ":9223372036854775808\r\n", ":-9223372036854775809\r\n",
        ":00000000000000000000\r\n", "$\r\n", "$-2\r\n", "*-2\r\n",
        "$1\r\nab\r\n", "$1\r\na\n\n", "$1\r\na\rb", "*1\r\nx",
        "*2\r\n:1\r\n:\r\n", "HTTP/1.1 400 Bad Request\r\n",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
        check(broken[i], "protocol error");
    }
}

static void test_large(void **state)
{
    (void)state;
    check("$134217715\r\n", "reply too large");
    check("$134217728\r\n", "reply too large");
    check("$9223372036854775807\r\n", "reply too large");
    check("*1048576\r\n", "reply too large");
    check("*9223372036854775807\r\n", "reply too large");
    check("*2\r\n$100000000\r\n", "more");
    check("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n",
          "reply too large");
}

/* What has no end is not waited for. */
static void test_long_line(void **state)
{
    size_t len = SMARTMSG_RESP_LINE_MAX + 1;
    char *text = malloc(len);

    (void)state;
    assert_non_null(text);
    memset(text, 'x', len);
    text[0] = '-';

    check_pieces(smartmsg_str(text, len - 1), "more", 0, 1000);
    check_pieces(smartmsg_str(text, len), "reply too large", 0, 1000);

    free(text);
}

/* Announced is not sent: memory is for what has come. */
static void test_announced(void **state)
{
    smartmsg_resp_parser_t parser = {0};
    smartmsg_resp_t *reply;
    char buf[] = "*1000000\r\n:1\r\n:2\r\n";
    size_t used;

    (void)state;

    assert_int_equal(smartmsg_resp_parse(&parser, buf, sizeof(buf) - 1, &reply,
                                         &used), SMARTMSG_RESP_MORE);
    assert_true(parser.size < 1000);

    smartmsg_resp_free(&parser);
}

/* However they are nested, there are not more items than that. */
static void test_many(void **state)
{
    size_t n = SMARTMSG_RESP_ITEMS_MAX / 2;
    smartmsg_resp_parser_t parser = {0};
    smartmsg_resp_t *reply;
    char *buf = malloc(32 + 2 * (16 + n * 4));
    size_t used, len = 0;

    (void)state;
    assert_non_null(buf);
    len += (size_t)sprintf(buf, "*2\r\n");

    for (int half = 0; half < 2; half++) {
        len += (size_t)sprintf(buf + len, "*%zu\r\n", n);

        for (size_t i = 0; i < n; i++) {
            memcpy(buf + len, ":1\r\n", 4);
            len += 4;
        }
    }

    assert_int_equal(smartmsg_resp_parse(&parser, buf, len, &reply, &used),
                     SMARTMSG_RESP_LARGE);
    smartmsg_resp_free(&parser);

    /* one half is */
    assert_int_equal(smartmsg_resp_parse(&parser, buf + 4, len - 4, &reply,
                                         &used), SMARTMSG_RESP_DONE);
    assert_int_equal(reply->number, n);
    assert_int_equal(reply->span, n + 1);

    smartmsg_resp_free(&parser);
    free(buf);
}

/* One after the other, in one buffer. */
static void test_pipeline(void **state)
{
    smartmsg_resp_parser_t parser = {0};
    smartmsg_resp_t *reply;
    char buf[] = ":1\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n+OK\r\n*1\r\n";
    static const char *const expected[] = { ":1", "*($a $b)", "+OK" };
    size_t pos = 0, used;

    (void)state;

    for (size_t i = 0; i < 3; i++) {
        char said[64], *p = said;

        assert_int_equal(smartmsg_resp_parse(&parser, buf + pos,
                                             sizeof(buf) - 1 - pos, &reply,
                                             &used), SMARTMSG_RESP_DONE);
        describe(reply, &p);
        assert_str(smartmsg_str(said, (size_t)(p - said)), expected[i]);
        pos += used;
    }

    assert_int_equal(smartmsg_resp_parse(&parser, buf + pos,
                                         sizeof(buf) - 1 - pos, &reply, &used),
                     SMARTMSG_RESP_MORE);

    smartmsg_resp_free(&parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_resp3),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_incomplete),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_announced),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_pipeline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
