#include "support.h"

#include "core/renewal.h"

#define LONG_ENOUGH 1800
#define LIFE        (LONG_ENOUGH + SMARTMSG_RENEWAL_PERIOD)

/* Even minutes begin here. */
#define START 1795327440

static void test_due(void **state)
{
    (void)state;

    assert_false(smartmsg_renewal_due(START, START));
    assert_false(smartmsg_renewal_due(START, START + 119));
    assert_false(smartmsg_renewal_due(START + 60, START + 119));

    assert_true(smartmsg_renewal_due(START + 119, START + 120));
    assert_true(smartmsg_renewal_due(START, START + 120));
    assert_true(smartmsg_renewal_due(START, START + 86400));
}

static void test_not_a_view_before(void **state)
{
    static const int64_t strange[] = {
        0, -1, -START, INT64_MIN, INT64_MAX, START + 61, START + 3600
    };

    (void)state;

    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        assert_true(smartmsg_renewal_due(strange[i], START + 60));
    }

    /* a clock that was never set */
    assert_true(smartmsg_renewal_due(-1, 60));
    assert_true(smartmsg_renewal_due(0, 60));
}

/*
 * After each view enough is left, however the views follow each other, and
 * they do not renew more often than they have to.
 */
static void test_chains(void **state)
{
    (void)state;

    for (int step = 1; step <= 300; step++) {
        for (int from = START; from < START + SMARTMSG_RENEWAL_PERIOD; from++) {
            int64_t now = from;
            int64_t last = 0;
            int64_t end = 0;
            int renewed = 0;

            for (int i = 0; i < 20; i++, now += step) {
                if (smartmsg_renewal_due(last, now)) {
                    end = now + LIFE;
                    renewed++;
                }

                last = now;
                assert_true(end - now >= LONG_ENOUGH);
            }

            assert_true(renewed
                        <= 2 + 19 * step / SMARTMSG_RENEWAL_PERIOD);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due),
        cmocka_unit_test(test_not_a_view_before),
        cmocka_unit_test(test_chains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
