/*
 * JavaScript's ideas of equality, order and conversion, which the condition
 * language inherits (source: ECMA-262, abstract operations).  A missing value
 * is treated as null throughout.
 */

#ifndef SMARTMSG_CORE_COERCE_H
#define SMARTMSG_CORE_COERCE_H

#include "core/text.h"
#include "core/value.h"

/* Enough for any number: "-1.2345678901234567e-308" and the NUL. */
#define SMARTMSG_NUMBER_SIZE 32

/*
 * Writes a number as String(n) does ("0.1", "1e+21", "NaN") with a NUL;
 * returns the length.
 */
size_t smartmsg_format_number(double number, char out[SMARTMSG_NUMBER_SIZE]);

/*
 * Number(text): NaN if it is none.  Texts of more than 500 characters (after
 * trimming) are none.
 */
double smartmsg_parse_number(smartmsg_str_t text);

/* Number(value). */
double smartmsg_to_number(const smartmsg_value_t *value);

/* Appends String(value). */
void smartmsg_add_string(smartmsg_text_t *text, const smartmsg_value_t *value);

/* Boolean(value). */
bool smartmsg_to_boolean(const smartmsg_value_t *value);

/* a === b; arrays and objects are never equal. */
bool smartmsg_strict_equal(const smartmsg_value_t *a,
    const smartmsg_value_t *b);

/* The order of a and b as < sees it; UNORDERED if one is not a number. */
typedef enum {
    SMARTMSG_LESS = -1,
    SMARTMSG_EQUAL = 0,
    SMARTMSG_GREATER = 1,
    SMARTMSG_UNORDERED = 2
} smartmsg_order_t;

smartmsg_order_t smartmsg_order(const smartmsg_value_t *a,
    const smartmsg_value_t *b);

/*
 * JSON.stringify(a) === JSON.stringify(b): deep equality in which the order
 * of an object's members counts (members whose names are array indices come
 * first whatever their place).
 */
bool smartmsg_json_equal(const json_t *a, const json_t *b);

#endif
