#include "core/amount.h"

#include <math.h>
#include <stdio.h>

#include "core/sink.h"

#define NBSP    "\xc2\xa0"
#define NNBSP   "\xe2\x80\xaf"      /* narrow */
#define GROUPED_MAX 1e15            /* beyond it digits are not exact */
#define DECIMALS_MAX 3

typedef enum { BEFORE, BEFORE_APART, AFTER } place_t;   /* of the sign */

/* How a language writes numbers. */
typedef struct {
    const char *tag;
    const char *point;
    const char *group;
    place_t place;
    bool late;      /* no group in numbers of four digits */
} habit_t;

/* Tags with a region come before their language; the first is for all others. */
static const habit_t habits[] = {
    {"en", ".", ",", BEFORE, false},
    {"de-AT", ",", ".", BEFORE_APART, false},
    {"de-CH", ".", "\xe2\x80\x99", BEFORE_APART, false},
    {"de-LI", ".", "\xe2\x80\x99", BEFORE_APART, false},
    {"de", ",", ".", AFTER, false},
    {"fr", ",", NNBSP, AFTER, false},
    {"es", ",", ".", AFTER, true},
    {"it", ",", ".", AFTER, false},
    {"nl", ",", ".", BEFORE_APART, false},
    {"pt-PT", ",", NBSP, AFTER, true},
    {"pt", ",", ".", BEFORE_APART, false},
    {"pl", ",", NBSP, AFTER, true},
    {"cs", ",", NBSP, AFTER, false},
    {"sk", ",", NBSP, AFTER, false},
    {"sv", ",", NBSP, AFTER, false},
    {"nb", ",", NBSP, AFTER, false},
    {"no", ",", NBSP, AFTER, false},
    {"fi", ",", NBSP, AFTER, false},
    {"hu", ",", NBSP, AFTER, true},
    {"ru", ",", NBSP, AFTER, false},
    {"uk", ",", NBSP, AFTER, false},
    {"bg", ",", NBSP, AFTER, true},
    {"da", ",", ".", AFTER, false},
    {"el", ",", ".", AFTER, false},
    {"ro", ",", ".", AFTER, false},
    {"hr", ",", ".", AFTER, false},
    {"sl", ",", ".", AFTER, true},
    {"tr", ",", ".", BEFORE, false},
};

/* ISO 4217; what is not here has two decimals and its code for a sign. */
static const struct {
    const char *code;
    const char *sign;
    int decimals;
} currencies[] = {
    {"EUR", "\xe2\x82\xac", 2}, {"USD", "$", 2}, {"GBP", "\xc2\xa3", 2},
    {"JPY", "\xc2\xa5", 0}, {"KRW", "\xe2\x82\xa9", 0}, {"INR", "\xe2\x82\xb9", 2},
    {"BRL", "R$", 2}, {"PLN", "z\xc5\x82", 2}, {"CZK", "K\xc4\x8d", 2},
    {"SEK", "kr", 2}, {"NOK", "kr", 2}, {"DKK", "kr.", 2},
    {"HUF", "Ft", 2}, {"TRY", "\xe2\x82\xba", 2}, {"UAH", "\xe2\x82\xb4", 2},
    {"RUB", "\xe2\x82\xbd", 2}, {"ILS", "\xe2\x82\xaa", 2},
    {"CLP", "CLP", 0}, {"ISK", "ISK", 0}, {"VND", "\xe2\x82\xab", 0},
    {"KWD", "KWD", 3}, {"BHD", "BHD", 3}, {"OMR", "OMR", 3}, {"TND", "TND", 3},
    {"JOD", "JOD", 3},
};

static const habit_t *find(smartmsg_str_t language)
{
    size_t primary = 0;

    while (primary < language.len && language.data[primary] != '-'
           && language.data[primary] != '_')
    {
        primary++;
    }

    for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
        smartmsg_str_t tag = smartmsg_str(habits[i].tag,
                                          strlen(habits[i].tag));

        if (smartmsg_str_case_eq(tag, language)
            || smartmsg_str_case_eq(tag, smartmsg_str(language.data, primary)))
        {
            return &habits[i];
        }
    }

    return &habits[0];
}

/* The digits of |number| with point and groups. */
static void put_digits(smartmsg_sink_t *sink, const habit_t *habit,
                       double number, int decimals)
{
    char plain[400];
    int n = snprintf(plain, sizeof(plain), "%.*f", decimals, fabs(number));
    int whole = decimals > 0 ? n - decimals - 1 : n;
    bool grouped = fabs(number) < GROUPED_MAX
                   && whole > (habit->late ? 4 : 3);

    if (fabs(number) >= GROUPED_MAX) {
        char exact[40];

        (void)snprintf(exact, sizeof(exact), "%.15g", fabs(number));
        smartmsg_sink_puts(sink, exact);
        return;
    }

    for (int i = 0; i < whole; i++) {
        if (grouped && i > 0 && (whole - i) % 3 == 0) {
            smartmsg_sink_puts(sink, habit->group);
        }

        smartmsg_sink_put(sink, smartmsg_str(plain + i, 1));
    }

    if (decimals > 0) {
        smartmsg_sink_puts(sink, habit->point);
        smartmsg_sink_put(sink, smartmsg_str(plain + whole + 1,
                                             (size_t)decimals));
    }
}

/* Whether the number rounds to something below zero. */
static bool is_negative(double number, int decimals)
{
    return number * pow(10, decimals) <= -0.5;
}

size_t smartmsg_amount_number(double number, smartmsg_str_t language,
                              char out[SMARTMSG_AMOUNT_SIZE])
{
    smartmsg_sink_t sink = {out, 0};
    int decimals = DECIMALS_MAX;

    while (decimals > 0
           && fabs(number * pow(10, decimals - 1)
                   - round(number * pow(10, decimals - 1))) < 0.05)
    {
        decimals--;
    }

    smartmsg_sink_puts(&sink, is_negative(number, decimals) ? "-" : "");
    put_digits(&sink, find(language), number, decimals);

    return sink.len;
}

size_t smartmsg_amount_money(double amount, smartmsg_str_t currency,
                             smartmsg_str_t language,
                             char out[SMARTMSG_AMOUNT_SIZE])
{
    const habit_t *habit = find(language);
    smartmsg_sink_t sink = {out, 0};
    smartmsg_str_t sign = currency;
    int decimals = 2;

    for (size_t i = 0; i < sizeof(currencies) / sizeof(currencies[0]); i++) {
        if (smartmsg_str_eq(currency, smartmsg_str(currencies[i].code, 3))) {
            sign = smartmsg_str(currencies[i].sign,
                                strlen(currencies[i].sign));
            decimals = currencies[i].decimals;
        }
    }

    smartmsg_sink_puts(&sink, is_negative(amount, decimals) ? "-" : "");

    if (sign.len > 0 && habit->place != AFTER) {
        bool word = sign.data[sign.len - 1] >= 'A'
                    && sign.data[sign.len - 1] <= 'z';

        smartmsg_sink_put(&sink, sign);
        smartmsg_sink_puts(&sink, word || habit->place == BEFORE_APART
                                  ? NBSP : "");
    }

    put_digits(&sink, habit, amount, decimals);

    if (sign.len > 0 && habit->place == AFTER) {
        smartmsg_sink_puts(&sink, NBSP);
        smartmsg_sink_put(&sink, sign);
    }

    return sink.len;
}
