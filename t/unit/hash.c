#include "support.h"

#include "core/hash.h"

static void assert_near(double a, double b)
{
    if (a - b > 1e-9 || b - a > 1e-9) {
        fail_msg("%.17g is not %.17g", a, b);
    }
}

/* FNV-1a of the texts is computed by hand: offset basis and prime. */
static uint32_t fnv(const char *text)
{
    uint32_t h = 2166136261u;

    for (; *text != '\0'; text++) {
        h = (h ^ (unsigned char) *text) * 16777619u;
    }

    return h;
}

static void test_versions(void **state)
{
    char digits[16];

    (void) state;
    assert_near(smartmsg_hash(S("seed"), S("value"), 1),
                fnv("valueseed") % 1000 / 1000.0);
    (void) snprintf(digits, sizeof(digits), "%u", fnv("seedvalue"));
    assert_near(smartmsg_hash(S("seed"), S("value"), 2),
                fnv(digits) % 10000 / 10000.0);
    assert_near(smartmsg_hash(S("seed"), S("value"), 0), -1);
    assert_near(smartmsg_hash(S("seed"), S("value"), 3), -1);
    assert_near(smartmsg_hash(smartmsg_str(NULL, 0), smartmsg_str(NULL, 0), 1),
                fnv("") % 1000 / 1000.0);
}

/* One unit for a letter of Latin-1, two for a character beyond U+FFFF. */
static void test_utf16(void **state)
{
    uint32_t h = (2166136261u ^ 0xE9) * 16777619u;

    (void) state;
    assert_near(smartmsg_hash(S(""), S("\xC3\xA9"), 1), h % 1000 / 1000.0);

    h = (2166136261u ^ 0xD83D) * 16777619u;
    h = (h ^ 0xDE00) * 16777619u;
    assert_near(smartmsg_hash(S(""), S("\xF0\x9F\x98\x80"), 1),
                h % 1000 / 1000.0);

    h = (2166136261u ^ 0xFFFD) * 16777619u;
    assert_near(smartmsg_hash(S(""), S("\xFF"), 1), h % 1000 / 1000.0);
}

static void test_namespace(void **state)
{
    double n = smartmsg_hash(S("__name"), S("me"), 1);
    smartmsg_range_t range = { n, n + 0.001 };

    (void) state;
    assert_true(smartmsg_in_namespace(S("me"), S("name"), range));
    range.lo = n + 0.001;
    range.hi = 1;
    assert_false(smartmsg_in_namespace(S("me"), S("name"), range));
    range.lo = 0;
    range.hi = n;
    assert_false(smartmsg_in_namespace(S("me"), S("name"), range));
}

static void test_choose(void **state)
{
    smartmsg_range_t ranges[] = { { 0, 0.25 }, { 0.5, 0.5 }, { 0.5, 0.75 } };

    (void) state;
    assert_int_equal(smartmsg_choose_variation(0, ranges, 3), 0);
    assert_int_equal(smartmsg_choose_variation(0.25, ranges, 3), -1);
    assert_int_equal(smartmsg_choose_variation(0.5, ranges, 3), 2);
    assert_int_equal(smartmsg_choose_variation(-1, ranges, 3), -1);
    assert_int_equal(smartmsg_choose_variation(0, ranges, 0), -1);
}

static void expect_ranges(size_t count, double coverage, const double *weights,
    size_t n_weights, const smartmsg_range_t *expected)
{
    smartmsg_range_t ranges[4];

    smartmsg_bucket_ranges(ranges, count, coverage, weights, n_weights);

    for (size_t i = 0; i < count; i++) {
        assert_near(ranges[i].lo, expected[i].lo);
        assert_near(ranges[i].hi, expected[i].hi);
    }
}

static void test_ranges(void **state)
{
    const double weights[] = { 0.2, 0.8 };
    const double wrong[] = { 0.2, 0.7 };
    const smartmsg_range_t half[] = { { 0, 0.5 }, { 0.5, 1 } };
    const smartmsg_range_t none[] = { { 0, 0 }, { 0.5, 0.5 } };
    const smartmsg_range_t weighted[] = { { 0, 0.1 }, { 0.2, 0.6 } };

    (void) state;
    expect_ranges(2, 1, NULL, 0, half);
    expect_ranges(2, 9, NULL, 0, half);
    expect_ranges(2, -1, NULL, 0, none);
    expect_ranges(2, 1, wrong, 2, half);
    expect_ranges(2, 1, weights, 1, half);
    expect_ranges(2, 0.5, weights, 2, weighted);
    expect_ranges(0, 1, NULL, 0, NULL);
}

/* Every step of version 2 is used, none much more than others. */
static void test_even(void **state)
{
    unsigned share[10] = { 0 };

    (void) state;

    for (int i = 0; i < 20000; i++) {
        char id[16];
        int n = snprintf(id, sizeof(id), "visitor-%d", i);
        double h = smartmsg_hash(S("prices"), smartmsg_str(id, (size_t) n), 2);

        assert_true(h >= 0 && h < 1);
        share[(int) (h * 10)]++;
    }

    for (int i = 0; i < 10; i++) {
        assert_in_range(share[i], 1800, 2200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_namespace),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_even)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
