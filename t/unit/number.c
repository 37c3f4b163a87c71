#include "support.h"

#include "core/number.h"

static void check(const char *text)
{
    double number = 4711;

    if (!smartmsg_number_parse(S(text), &number)) {
        fail_msg("\"%s\" is refused", text);
    }

    double expected = strtod(text, NULL);

    /* so that -0 is not 0 */
    if (memcmp(&number, &expected, sizeof(number)) != 0) {
        fail_msg("\"%s\" is %.17g", text, number);
    }
}

static void test_numbers(void **state)
{
    (void)state;

    check("0");
    check("-0");
    check("7");
    check("-12");
    check("1700000000");
    check("999999999999999");
    check("-999999999999999");
    check("0.1");
    check("-0.30000000000000");
    check("999999999999999.999999999999999");
}

/* All lengths, each with a point at all places. */
static void test_lengths(void **state)
{
    const char *digits = "9182736450918273";
    char text[40];

    (void)state;

    for (int len = 1; len <= 15; len++) {
        (void)snprintf(text, sizeof(text), "%.*s", len, digits);
        check(text);

        for (int point = 1; point < len; point++) {
            (void)snprintf(text, sizeof(text), "-%.*s.%.*s", point, digits,
                           len - point, digits + point);
            check(text);
            check(text + 1);
        }
    }
}

static void test_others(void **state)
{
    static const char *const texts[] = {
        "", "-", "+1", " 1", "1 ", "007", "-01", "1e5", ".5", "1.", "1.2.3",
        "0x1", "nan", "1,5", "1234567890123456", "0.1234567890123456",
    };

    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        double number = 4711;

        if (smartmsg_number_parse(S(texts[i]), &number) || number != 4711) {
            fail_msg("\"%s\" is taken for %g", texts[i], number);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
