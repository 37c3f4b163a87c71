/* Numbers and money; expected is what Intl.NumberFormat of ICU gives. */

#include "support.h"

#include "core/amount.h"

#define NB "\xc2\xa0"
#define NN "\xe2\x80\xaf"
#define EUR "\xe2\x82\xac"

static void check_money(double amount, const char *currency,
                        const char *language, const char *expected)
{
    char out[SMARTMSG_AMOUNT_SIZE];
    size_t len = smartmsg_amount_money(amount, S(currency), S(language), out);

    assert_str(smartmsg_str(out, len), expected);
}

static void check_number(double number, const char *language,
                         const char *expected)
{
    char out[SMARTMSG_AMOUNT_SIZE];
    size_t len = smartmsg_amount_number(number, S(language), out);

    assert_str(smartmsg_str(out, len), expected);
}

static void test_money(void **state)
{
    (void)state;
    check_money(1234.5, "EUR", "en", EUR "1,234.50");
    check_money(1234.5, "EUR", "en-GB", EUR "1,234.50");
    check_money(1234.5, "EUR", "", EUR "1,234.50");
    check_money(1234.5, "EUR", "de", "1.234,50" NB EUR);
    check_money(1234.5, "EUR", "de_DE", "1.234,50" NB EUR);
    check_money(1234.5, "EUR", "de-AT", EUR NB "1.234,50");
    check_money(1234.5, "CHF", "de-CH", "CHF" NB "1\xe2\x80\x99" "234.50");
    check_money(12345.5, "EUR", "fr", "12" NN "345,50" NB EUR);
    check_money(1234.5, "EUR", "es", "1234,50" NB EUR);
    check_money(12345.5, "EUR", "es-MX", "12.345,50" NB EUR);
    check_money(1234.5, "EUR", "nl", EUR NB "1.234,50");
    check_money(1234.5, "BRL", "pt-BR", "R$" NB "1.234,50");
    check_money(12345.5, "EUR", "pt-PT", "12" NB "345,50" NB EUR);
    check_money(12345.5, "PLN", "pl", "12" NB "345,50" NB "z\xc5\x82");
    check_money(12345.5, "CHF", "en", "CHF" NB "12,345.50");
    check_money(1234.5, "JPY", "ja", "\xc2\xa5" "1,234");
    check_money(1.5, "KWD", "en", "KWD" NB "1.500");
    check_money(0, "USD", "en", "$0.00");
    check_money(-5, "USD", "en", "-$5.00");
    check_money(-0.001, "USD", "en", "$0.00");
    check_money(5, "", "de", "5,00");
    check_money(1e14, "USD", "en", "$100,000,000,000,000.00");
    check_money(1e300, "USD", "en", "$1e+300");
}

static void test_number(void **state)
{
    (void)state;
    check_number(0, "en", "0");
    check_number(3, "de", "3");
    check_number(1234.5, "en", "1,234.5");
    check_number(1234.5, "de", "1.234,5");
    check_number(1234.5, "es", "1234,5");
    check_number(0.1, "en", "0.1");
    check_number(1.0 / 3, "en", "0.333");
    check_number(-7.25, "fr", "-7,25");
    check_number(-0.0001, "en", "0");
    check_number(999.9999, "en", "1,000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_money),
        cmocka_unit_test(test_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
