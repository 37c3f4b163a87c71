#ifndef SMARTMSG_CORE_AMOUNT_H
#define SMARTMSG_CORE_AMOUNT_H

#include "core/str.h"

/*
 * Numbers and money as readers of a language write them, after Unicode's CLDR:
 * its own table for about twenty languages, all others as in English.
 */

#define SMARTMSG_AMOUNT_SIZE 96     /* enough for every result */

/*
 * Writes a number with at most three decimals: "1,234.5". number must be
 * finite; beyond 10^15 it is written without groups. Returns the bytes put
 * into out, UTF-8, no NUL.
 */
size_t smartmsg_amount_number(double number, smartmsg_str_t language,
                              char out[SMARTMSG_AMOUNT_SIZE]);

/*
 * Writes an amount of money, with the decimals that its currency (ISO 4217,
 * three capital letters) has: "1.234,50 EUR" with the sign of the Euro. An
 * empty currency: two decimals and no sign.
 */
size_t smartmsg_amount_money(double amount, smartmsg_str_t currency,
                             smartmsg_str_t language,
                             char out[SMARTMSG_AMOUNT_SIZE]);

#endif
