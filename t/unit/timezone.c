/* for tm_gmtoff */
#define _DEFAULT_SOURCE

#include "support.h"

#include <time.h>

#include "core/calendar.h"
#include "core/posix_tz.h"
#include "core/timezone.h"

static smartmsg_timezone_t *load(const char *name)
{
    smartmsg_error_t err;
    smartmsg_timezone_t *zone = smartmsg_timezone_load(S(name), &err);

    if (zone == NULL) {
        fail_msg("%s: %s", name, err.text);
    }

    return zone;
}

/* Against the C library, whose zone is name. */
static void compare(const char *name, const smartmsg_timezone_t *zone,
                    int64_t when)
{
    time_t seconds = (time_t)when;
    struct tm *tm = localtime(&seconds);
    smartmsg_localtime_t at;

    assert_non_null(tm);
    smartmsg_timezone_local(zone, when, &at);

    if (at.year != tm->tm_year + 1900 || at.month != tm->tm_mon + 1
        || at.day != tm->tm_mday || at.hour != tm->tm_hour
        || at.minute != tm->tm_min || at.second != tm->tm_sec
        || at.weekday != tm->tm_wday || at.offset != tm->tm_gmtoff)
    {
        fail_msg("%s at %lld: %d-%d-%d %d:%d:%d day %d offset %d, not offset "
                 "%ld", name, (long long)when, at.year, at.month, at.day,
                 at.hour, at.minute, at.second, at.weekday, (int)at.offset,
                 tm->tm_gmtoff);
    }
}

/*
 * The clock is changed at full quarters of an hour: every hour and a second
 * before it, for a while; then a year with every quarter of an hour.
 */
static void check_zone(const char *name)
{
    smartmsg_timezone_t *zone = load(name);

    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();

    for (int64_t t = -2208988800; t < 7258118400; t += 86400 * 5 + 4321) {
        compare(name, zone, t);
    }

    for (int64_t t = 1735689600; t < 1735689600 + 366 * 86400; t += 900) {
        compare(name, zone, t - 1);
        compare(name, zone, t);
    }

    /* 2096, far behind every table */
    for (int64_t t = 3976214400; t < 3976214400 + 366 * 86400; t += 900) {
        compare(name, zone, t - 1);
        compare(name, zone, t);
    }

    smartmsg_timezone_free(zone);
}

static void test_zones(void **state)
{
    static const char *const names[] = {
        "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin",
        "Europe/Istanbul", "Europe/Moscow", "America/New_York",
        "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo",
        "America/Santiago", "America/Havana", "America/Nuuk", "Asia/Kolkata",
        "Asia/Kathmandu", "Asia/Tokyo", "Asia/Tehran", "Asia/Jerusalem",
        "Asia/Gaza", "Australia/Sydney", "Australia/Lord_Howe",
        "Africa/Casablanca", "Africa/Cairo", "Africa/Monrovia",
        "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia",
        "Pacific/Kiritimati", "Antarctica/Troll", "EST5EDT", "Etc/GMT+12",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        check_zone(names[i]);
    }

    assert_int_equal(unsetenv("TZ"), 0);
}

static void test_no_zone(void **state)
{
    static const char *const names[] = {
        "", "/", "Europe", "Europe/", "Europe/Nowhere", "../../../etc/passwd",
        "/etc/passwd", "/nowhere", "Europe/Berlin\n", "Europe/../UTC",
        "zone1970.tab", "tzdata.zi", "CET-1CEST",
    };
    char name[400];
    smartmsg_error_t err;

    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        err.text[0] = '\0';

        if (smartmsg_timezone_load(S(names[i]), &err) != NULL) {
            fail_msg("%s is taken for a zone", names[i]);
        }

        assert_true(err.text[0] != '\0');
    }

    memset(name, 'x', sizeof(name));
    assert_null(smartmsg_timezone_load(smartmsg_str(name, sizeof(name)),
                                       NULL));
    assert_null(smartmsg_timezone_load(smartmsg_str("/etc\0/x", 7), NULL));
}

static void test_path(void **state)
{
    smartmsg_timezone_t *zone = load("/usr/share/zoneinfo/Asia/Tokyo");
    smartmsg_localtime_t at;

    (void)state;
    smartmsg_timezone_local(zone, 1735689600, &at);
    assert_int_equal(at.hour, 9);
    smartmsg_timezone_free(zone);
}

static void test_utc(void **state)
{
    smartmsg_localtime_t at;

    (void)state;
    smartmsg_timezone_local(NULL, 1735689599, &at);
    assert_int_equal(at.year, 2024);
    assert_int_equal(at.month, 12);
    assert_int_equal(at.day, 31);
    assert_int_equal(at.hour, 23);
    assert_int_equal(at.minute, 59);
    assert_int_equal(at.second, 59);
    assert_int_equal(at.weekday, 2);
    assert_int_equal(at.offset, 0);

    smartmsg_timezone_local(NULL, INT64_MIN, &at);
    assert_int_equal(at.year, 2);
    smartmsg_timezone_local(NULL, INT64_MAX, &at);
    assert_int_equal(at.year, 9998);
    assert_int_equal(at.second, 59);
}

/* A file with one change, as bytes, of which a test may spoil some. */
#define HEADER "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define COUNTS_1 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
#define BLOCK_1 "\0\0\0\0\0\0ABC\0"
#define COUNTS_2 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\2\0\0\0\4"
#define BLOCK_2 "\0\0\0\0\0\0\0\1" "\0\0\0\0\0\0\0\2" "\1\0" \
    "\0\0\x0e\x10\0\0" "\0\0\x1c\x20\1\0" "ABC\0"
#define FOOTER "\nABC-3\n"

static const char file[] = HEADER COUNTS_1 BLOCK_1 HEADER COUNTS_2 BLOCK_2
                           FOOTER;

#define FILE_LEN   (sizeof(file) - 1)
#define SECOND     (44 + 10)
#define TIMES      (SECOND + 44)

static void test_file(void **state)
{
    smartmsg_timezone_t *zone;
    smartmsg_localtime_t at;

    (void)state;
    zone = smartmsg_timezone_parse(smartmsg_str(file, FILE_LEN), NULL);
    assert_non_null(zone);

    smartmsg_timezone_local(zone, 0, &at);
    assert_int_equal(at.offset, 3600);
    smartmsg_timezone_local(zone, 1, &at);
    assert_int_equal(at.offset, 7200);
    smartmsg_timezone_local(zone, 2, &at);
    assert_int_equal(at.offset, 3 * 3600);
    smartmsg_timezone_free(zone);

    for (size_t len = 0; len < FILE_LEN; len++) {
        assert_null(smartmsg_timezone_parse(smartmsg_str(file, len), NULL));
    }
}

/* The file with another byte somewhere; NULL as it should be. */
static void refused(size_t at, char byte, const char *reason)
{
    char copy[FILE_LEN];
    smartmsg_error_t err;

    memcpy(copy, file, FILE_LEN);
    assert_int_not_equal(copy[at], byte);
    copy[at] = byte;
    smartmsg_error_clear(&err);

    if (smartmsg_timezone_parse(smartmsg_str(copy, FILE_LEN), &err) != NULL) {
        fail_msg("byte %zu as %d is taken", at, byte);
    }

    if (strstr(err.text, reason) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
    }
}

static void test_damaged(void **state)
{
    char *large = calloc(1, SMARTMSG_TIMEZONE_SIZE_MAX + 1);

    (void)state;

    refused(0, 't', "no time zone file");
    refused(4, '\0', "version 1");
    refused(32, 1, "damaged");                  /* more times of 32 bits */
    refused(SECOND, 't', "damaged");
    refused(SECOND + 28, 1, "leap");
    refused(SECOND + 32, 1, "damaged");         /* 2^24 times */
    refused(SECOND + 39, 0, "damaged");         /* no type */
    refused(TIMES + 15, 1, "damaged");          /* the same time twice */
    refused(TIMES + 8, (char)0x80, "damaged");  /* a time before the former */
    refused(TIMES + 16, 2, "damaged");          /* a third type */
    refused(TIMES + 18, 0x7f, "damaged");       /* an offset of many days */
    refused(TIMES + 18, (char)0x80, "damaged");
    refused(FILE_LEN - 7, ' ', "damaged");
    refused(FILE_LEN - 6, '1', "damaged");
    refused(FILE_LEN - 1, 'x', "damaged");

    assert_non_null(large);
    memcpy(large, file, FILE_LEN);
    assert_null(smartmsg_timezone_parse(
        smartmsg_str(large, SMARTMSG_TIMEZONE_SIZE_MAX + 1), NULL));
    free(large);
}

static void test_rules(void **state)
{
    static const char *const good[] = {
        "UTC0", "CET-1", "<+0330>-3:30", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
        "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT4,J1,J365", "XXX3EDT4,0/0,J365/23",
        "NZST-12NZDT,M9.5.0,M4.1.0/3", "abc+1:02:03", "IST-2IDT,M3.4.4/26,M10.5.0",
    };
    static const char *const bad[] = {
        "", "UTC", "UT0", "0", "<+1>-1", "<+01-1", "CET-1CEST", "CET-25",
        "CET-1:60", "CET-1:", "CET-1:00:60", "CET--1", "CET-1CEST,M3.5.0",
        "CET-1CEST,M0.5.0,M10.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,J1", "CET-1CEST,J366,J1", "CET-1CEST,366,1",
        "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0/,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0,", "CET-1CEST,M3.5.0,M10.5.0/3x",
        "CET-1CEST-2x,M3.5.0,M10.5.0", "CET-0001", "CET-1 ", ":UTC0",
    };
    smartmsg_posix_tz_t tz;

    (void)state;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!smartmsg_posix_tz_parse(S(good[i]), &tz)) {
            fail_msg("%s is not taken", good[i]);
        }
    }

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (smartmsg_posix_tz_parse(S(bad[i]), &tz)) {
            fail_msg("%s is taken", bad[i]);
        }
    }
}

static int32_t offset(const char *rule, int year, int month, int day)
{
    smartmsg_posix_tz_t tz;

    assert_true(smartmsg_posix_tz_parse(S(rule), &tz));

    return smartmsg_posix_tz_offset(&tz,
                     smartmsg_calendar_days(year, month, day) * 86400 + 43200)
           / 60;
}

static void test_offsets(void **state)
{
    static const char *const julian = "AAA0BBB,J60/0,J61/0";
    static const char *const day = "AAA0BBB,59/0,60/0";
    static const char *const always = "XXX3EDT4,0/0,J365/23";

    (void)state;
    assert_int_equal(offset("abc+1:02:00", 2000, 1, 1), -62);
    assert_int_equal(offset("<+0330>-3:30", 2000, 1, 1), 210);

    /* J60 is March 1 in every year, 59 is February 29 where there is one */
    assert_int_equal(offset(julian, 2023, 3, 1), 60);
    assert_int_equal(offset(julian, 2024, 3, 1), 60);
    assert_int_equal(offset(julian, 2024, 2, 29), 0);
    assert_int_equal(offset(day, 2023, 3, 1), 60);
    assert_int_equal(offset(day, 2024, 3, 1), 0);
    assert_int_equal(offset(day, 2024, 2, 29), 60);

    /* summer time that never ends */
    for (int month = 1; month <= 12; month++) {
        assert_int_equal(offset(always, 2023, month, 1), -240);
        assert_int_equal(offset(always, 2024, month, 28), -240);
    }

    smartmsg_posix_tz_t tz;

    assert_true(smartmsg_posix_tz_parse(S(always), &tz));

    for (int64_t t = 1703980800; t < 1703980800 + 3 * 86400; t += 600) {
        assert_int_equal(smartmsg_posix_tz_offset(&tz, t), -4 * 3600);
    }
}

static void test_calendar(void **state)
{
    int year, month, day;
    int64_t expected = smartmsg_calendar_days(1, 1, 1);

    (void)state;
    assert_int_equal(smartmsg_calendar_days(1970, 1, 1), 0);
    assert_int_equal(smartmsg_calendar_weekday(-1), 3);
    assert_int_equal(smartmsg_calendar_weekday(-4), 0);

    for (int y = 1; y < 2500; y++) {
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= smartmsg_calendar_month_length(y, m); d++) {
                assert_int_equal(smartmsg_calendar_days(y, m, d), expected);
                smartmsg_calendar_date(expected++, &year, &month, &day);
                assert_true(year == y && month == m && day == d);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_no_zone),
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_utc),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_offsets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
