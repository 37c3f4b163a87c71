#include "support.h"

#include <time.h>

#include "core/date.h"

static void check(const char *text, int64_t expected)
{
    int64_t time = -1;

    if (!smartmsg_date_parse(S(text), &time) || time != expected) {
        fail_msg("%s gives %lld", text, (long long)time);
    }
}

static void test_dates(void **state)
{
    (void)state;

    check("1970-01-01", 0);
    check("2000-02-29", 951782400);
    check("2024-12-24", 1734998400);
    check("2024-12-24T18:30Z", 1735065000);
    check("2024-12-24T18:30:59Z", 1735065059);
    check("9999-12-31T23:59:59Z", 253402300799);
}

/* Every day of 500 years, against the C library. */
static void test_every_day(void **state)
{
    (void)state;

    for (int64_t day = 0; day < 500 * 365; day++) {
        time_t seconds = (time_t)(day * 86400);
        struct tm *tm = gmtime(&seconds);
        char text[32];

        assert_true(strftime(text, sizeof(text), "%Y-%m-%d", tm) > 0);
        check(text, day * 86400);
    }
}

static void test_no_dates(void **state)
{
    static const char *const wrong[] = {
        "", "2024", "2024-12", "2024-1-1", "24-12-24", "2024-13-01",
        "2024-00-01", "2024-01-00", "2024-01-32", "2023-02-29", "1900-02-29",
        "1969-12-31", "2024-12-24 ", "2024-12-24T", "2024-12-24T18:30",
        "2024-12-24T18:30:5Z", "2024-12-24T24:00Z", "2024-12-24T18:60Z",
        "2024-12-24T18:30:60Z", "2024-12-24T18:30Zx", "2024-12-24 18:30Z",
        "2024-12-24T18:30+01:00", "2024/12/24", "2o24-12-24",
    };
    int64_t time;

    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (smartmsg_date_parse(S(wrong[i]), &time)) {
            fail_msg("%s is taken for a date", wrong[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_no_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
