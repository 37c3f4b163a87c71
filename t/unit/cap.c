#include "support.h"

#include "core/cap.h"

#define OUT_OF_RANGE "whole number"

/* What a cap says, as text; the error if it is none. */
static const char *read_cap(const char *text)
{
    static char out[600];
    smartmsg_cap_t cap;
    smartmsg_error_t err;
    smartmsg_path_t path = {0};
    json_t *value = text ? J(text) : NULL;

    (void)smartmsg_path_key(&path, "v");

    if (smartmsg_cap_parse(&cap, value, &path, &err)) {
        (void)snprintf(out, sizeof(out), "%u per session, %u, pause %lld, "
                       "until %x", cap.session, cap.total,
                       (long long)cap.pause, cap.until);
        assert_string_equal(path.text, "v");
    } else {
        (void)snprintf(out, sizeof(out), "%s: %s", err.path, err.text);
    }

    json_decref(value);

    return out;
}

static void good(const char *text, const char *expected)
{
    assert_string_equal(read_cap(text), expected);
}

static void bad(const char *text, const char *path, const char *part)
{
    const char *said = read_cap(text);

    if (strncmp(said, path, strlen(path)) != 0 || said[strlen(path)] != ':'
        || strstr(said, part) == NULL)
    {
        fail_msg("%s: %s", text, said);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    good(NULL, "1 per session, 0, pause 0, until 0");
    good("{'session': 3}", "3 per session, 0, pause 0, until 0");
    good("{'session': 2.0}", "2 per session, 0, pause 0, until 0");
    good("{'days': 7}", "0 per session, 0, pause 604800, until 0");
    good("{'days': 0.5, 'session': 1}",
         "1 per session, 0, pause 43200, until 0");
    good("{'days': 1e-9}", "0 per session, 0, pause 1, until 0");
    good("{'total': 3}", "0 per session, 3, pause 0, until 0");
    good("{'total': 1000000, 'session': 1000000, 'days': 36500}",
         "1000000 per session, 1000000, pause 3153600000, until 0");
}

static void test_until(void **state)
{
    (void)state;

    /* an end alone does not make it come on every page until then */
    good("{'until': 'click'}", "1 per session, 0, pause 0, until 1");
    good("{'until': ['dismiss'], 'total': 2}",
         "0 per session, 2, pause 0, until 2");
    good("{'until': 'convert', 'days': 1}",
         "0 per session, 0, pause 86400, until 4");
    good("{'until': ['convert', 'click', 'click'], 'session': 5}",
         "5 per session, 0, pause 0, until 5");
}

static void test_errors(void **state)
{
    (void)state;
    bad("1", "v.cap", "an object");
    bad("{}", "v.cap", "empty");
    bad("{'sesion': 1}", "v.cap.sesion", "\"session\"");
    bad("{'totals': 1}", "v.cap.totals", "\"total\"");
    bad("{'session': 0}", "v.cap.session", OUT_OF_RANGE);
    bad("{'session': 1.5}", "v.cap.session", OUT_OF_RANGE);
    bad("{'session': '1'}", "v.cap.session", OUT_OF_RANGE);
    bad("{'total': 0}", "v.cap.total", OUT_OF_RANGE);
    bad("{'total': -1}", "v.cap.total", OUT_OF_RANGE);
    bad("{'total': 1000001}", "v.cap.total", OUT_OF_RANGE);
    bad("{'total': null}", "v.cap.total", OUT_OF_RANGE);
    bad("{'days': 0}", "v.cap.days", "number of days");
    bad("{'days': true}", "v.cap.days", "number of days");
    bad("{'days': 1e300}", "v.cap.days", "number of days");
    bad("{'until': 'clicked'}", "v.cap.until", "\"click\", \"dismiss\"");
    bad("{'until': []}", "v.cap.until", "\"click\", \"dismiss\"");
    bad("{'until': null}", "v.cap.until", "\"click\", \"dismiss\"");
    bad("{'until': ['click', 'order']}", "v.cap.until[1]", "\"convert\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_until),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
