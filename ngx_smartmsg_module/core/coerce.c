#include "core/coerce.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/unicode.h"

/* Arrays inside arrays deeper than this have no string form. */
#define NEST_MAX 32

/*
 * The shortest digits that give the number back, and the exponent of
 * 0.DIGITS * 10^exponent.  number is finite and above 0.
 */
static size_t shortest_digits(double number, char digits[20], int *exponent)
{
    char form[40];
    size_t n = 0;
    const char *p;

    for (int precision = 0; precision < 17; precision++) {
        (void) snprintf(form, sizeof(form), "%.*e", precision, number);
        if (strtod(form, NULL) == number) {
            break;
        }
    }

    for (p = form; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') {
            digits[n++] = *p;
        }
    }

    *exponent = (int) strtol(p + 1, NULL, 10) + 1;

    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }

    digits[n] = '\0';
    return n;
}

size_t smartmsg_format_number(double number, char out[SMARTMSG_NUMBER_SIZE])
{
    char digits[20];
    const char *sign = number < 0 ? "-" : "";
    int n, e, length;

    if (isnan(number)) {
        return (size_t) snprintf(out, SMARTMSG_NUMBER_SIZE, "NaN");
    }

    if (isinf(number)) {
        return (size_t) snprintf(out, SMARTMSG_NUMBER_SIZE, "%sInfinity",
                                 sign);
    }

    if (number == 0) {
        return (size_t) snprintf(out, SMARTMSG_NUMBER_SIZE, "0");
    }

    n = (int) shortest_digits(fabs(number), digits, &e);

    if (e > 21 || e < -5) {
        length = snprintf(out, SMARTMSG_NUMBER_SIZE, "%s%c%s%se%+d", sign,
                          digits[0], n > 1 ? "." : "", digits + 1, e - 1);
    } else if (e <= 0) {
        length = snprintf(out, SMARTMSG_NUMBER_SIZE, "%s0.%.*s%s", sign, -e,
                          "000000", digits);
    } else if (n <= e) {
        length = snprintf(out, SMARTMSG_NUMBER_SIZE, "%s%s%.*s", sign, digits,
                          e - n, "000000000000000000000");
    } else {
        length = snprintf(out, SMARTMSG_NUMBER_SIZE, "%s%.*s.%s", sign, e,
                          digits, digits + e);
    }

    return (size_t) length;
}

static smartmsg_str_t trim(smartmsg_str_t text)
{
    smartmsg_str_t rest = text;
    const char *end = text.data;

    while (rest.len > 0) {
        smartmsg_str_t before = rest;

        if (!smartmsg_is_space(smartmsg_next_char(&rest))) {
            end = rest.data;

        } else if (before.data == text.data) {
            text = rest;
            end = rest.data;
        }
    }

    text.len = text.len > 0 ? (size_t) (end - text.data) : 0;
    return text;
}

static double parse_radix(smartmsg_str_t digits, int radix)
{
    double number = 0;

    if (digits.len == 0) {
        return NAN;
    }

    for (size_t i = 0; i < digits.len; i++) {
        int c = (unsigned char) digits.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;

        if (digit >= radix) {
            return NAN;
        }

        number = number * radix + digit;
    }

    return number;
}

static size_t count_digits(const char *p)
{
    size_t n = 0;

    while (p[n] >= '0' && p[n] <= '9') {
        n++;
    }

    return n;
}

/* StrDecimalLiteral without sign; NUL terminated. */
static bool is_decimal(const char *p)
{
    size_t whole = count_digits(p);
    size_t fraction = 0;

    p += whole;

    if (*p == '.') {
        fraction = count_digits(p + 1);
        p += 1 + fraction;
    }

    if (whole + fraction == 0) {
        return false;
    }

    if (*p == 'e' || *p == 'E') {
        p++;
        p += *p == '+' || *p == '-';
        whole = count_digits(p);

        if (whole == 0) {
            return false;
        }

        p += whole;
    }

    return *p == '\0';
}

static double parse_decimal(smartmsg_str_t text)
{
    char form[512];
    char *number = form;
    char *point;

    if (text.len == 0) {
        return 0;
    }

    if (text.len > 500 || memchr(text.data, '\0', text.len) != NULL) {
        return NAN;
    }

    memcpy(form, text.data, text.len);
    form[text.len] = '\0';
    number += form[0] == '+' || form[0] == '-';

    if (strcmp(number, "Infinity") == 0) {
        return form[0] == '-' ? -INFINITY : INFINITY;
    }

    if (!is_decimal(number)) {
        return NAN;
    }

    /* strtod() wants the decimal point of the locale */
    point = strchr(form, '.');
    if (point != NULL) {
        *point = localeconv()->decimal_point[0];
    }

    return strtod(form, NULL);
}

double smartmsg_parse_number(smartmsg_str_t text)
{
    text = trim(text);

    if (text.len > 1 && text.data[0] == '0') {
        smartmsg_str_t digits = smartmsg_str(text.data + 2, text.len - 2);

        switch (text.data[1]) {
        case 'x':
        case 'X':
            return parse_radix(digits, 16);
        case 'o':
        case 'O':
            return parse_radix(digits, 8);
        case 'b':
        case 'B':
            return parse_radix(digits, 2);
        }
    }

    return parse_decimal(text);
}

static void add_string(smartmsg_text_t *text, const smartmsg_value_t *value,
    int depth)
{
    char number[SMARTMSG_NUMBER_SIZE];
    size_t i;
    const json_t *item;

    switch (value->type) {
    case SMARTMSG_MISSING:
    case SMARTMSG_NULL:
        smartmsg_text_add(text, SMARTMSG_STR("null"));
        return;
    case SMARTMSG_BOOLEAN:
        smartmsg_text_add(text, value->u.boolean ? SMARTMSG_STR("true")
                                                 : SMARTMSG_STR("false"));
        return;
    case SMARTMSG_NUMBER:
        i = smartmsg_format_number(value->u.number, number);
        smartmsg_text_add(text, smartmsg_str(number, i));
        return;
    case SMARTMSG_STRING:
        smartmsg_text_add(text, value->u.string);
        return;
    case SMARTMSG_JSON:
        break;
    }

    if (!json_is_array(value->u.json)) {
        smartmsg_text_add(text, SMARTMSG_STR("[object Object]"));
        return;
    }

    if (depth == NEST_MAX) {
        return;
    }

    json_array_foreach(value->u.json, i, item) {
        smartmsg_value_t element = smartmsg_value_from_json(item);

        if (i > 0) {
            smartmsg_text_add(text, SMARTMSG_STR(","));
        }

        if (element.type != SMARTMSG_NULL) {
            add_string(text, &element, depth + 1);
        }
    }
}

void smartmsg_add_string(smartmsg_text_t *text, const smartmsg_value_t *value)
{
    add_string(text, value, 0);
}

double smartmsg_to_number(const smartmsg_value_t *value)
{
    smartmsg_text_t text;
    double number;

    switch (value->type) {
    case SMARTMSG_MISSING:
    case SMARTMSG_NULL:
        return 0;
    case SMARTMSG_BOOLEAN:
        return value->u.boolean ? 1 : 0;
    case SMARTMSG_NUMBER:
        return value->u.number;
    case SMARTMSG_STRING:
        return smartmsg_parse_number(value->u.string);
    case SMARTMSG_JSON:
        break;
    }

    smartmsg_text_init(&text);
    smartmsg_add_string(&text, value);
    number = text.failed ? NAN
                         : smartmsg_parse_number(smartmsg_text_str(&text));
    smartmsg_text_free(&text);
    return number;
}

bool smartmsg_to_boolean(const smartmsg_value_t *value)
{
    switch (value->type) {
    case SMARTMSG_BOOLEAN:
        return value->u.boolean;
    case SMARTMSG_NUMBER:
        return value->u.number != 0 && !isnan(value->u.number);
    case SMARTMSG_STRING:
        return value->u.string.len > 0;
    case SMARTMSG_JSON:
        return true;
    default:
        return false;
    }
}

bool smartmsg_strict_equal(const smartmsg_value_t *a,
    const smartmsg_value_t *b)
{
    bool a_null = a->type <= SMARTMSG_NULL;
    bool b_null = b->type <= SMARTMSG_NULL;

    if (a_null || b_null) {
        return a_null && b_null;
    }

    if (a->type != b->type) {
        return false;
    }

    switch (a->type) {
    case SMARTMSG_BOOLEAN:
        return a->u.boolean == b->u.boolean;
    case SMARTMSG_NUMBER:
        return a->u.number == b->u.number;
    case SMARTMSG_STRING:
        return smartmsg_str_eq(a->u.string, b->u.string);
    default:
        return false;
    }
}

static smartmsg_order_t order_numbers(double a, double b)
{
    if (isnan(a) || isnan(b)) {
        return SMARTMSG_UNORDERED;
    }

    return a < b ? SMARTMSG_LESS : a > b ? SMARTMSG_GREATER : SMARTMSG_EQUAL;
}

static smartmsg_order_t order_strings(const smartmsg_value_t *a,
    const smartmsg_value_t *b)
{
    smartmsg_text_t ta, tb;
    smartmsg_order_t order = SMARTMSG_UNORDERED;

    smartmsg_text_init(&ta);
    smartmsg_text_init(&tb);
    smartmsg_add_string(&ta, a);
    smartmsg_add_string(&tb, b);

    if (!ta.failed && !tb.failed) {
        int c = smartmsg_utf16_cmp(smartmsg_text_str(&ta),
                                   smartmsg_text_str(&tb));

        order = c < 0 ? SMARTMSG_LESS : c > 0 ? SMARTMSG_GREATER
                                              : SMARTMSG_EQUAL;
    }

    smartmsg_text_free(&ta);
    smartmsg_text_free(&tb);
    return order;
}

smartmsg_order_t smartmsg_order(const smartmsg_value_t *a,
    const smartmsg_value_t *b)
{
    /* arrays and objects are first turned into strings */
    if (a->type >= SMARTMSG_STRING && b->type >= SMARTMSG_STRING) {
        return order_strings(a, b);
    }

    return order_numbers(smartmsg_to_number(a), smartmsg_to_number(b));
}

/* Whether a member's name is an array index, which JavaScript sorts first. */
static bool is_index(const char *key)
{
    size_t n = count_digits(key);

    return n > 0 && key[n] == '\0' && (key[0] != '0' || n == 1)
           && (n < 10 || (n == 10 && strcmp(key, "4294967294") <= 0));
}

static bool same_json(const json_t *a, const json_t *b, int depth);

/* The next member whose name is no index. */
static void *skip_indices(json_t *object, void *iter)
{
    while (iter != NULL && is_index(json_object_iter_key(iter))) {
        iter = json_object_iter_next(object, iter);
    }

    return iter;
}

static bool objects_equal(json_t *a, json_t *b, int depth)
{
    void *ia = json_object_iter(a);
    void *ib = json_object_iter(b);

    if (json_object_size(a) != json_object_size(b)) {
        return false;
    }

    for (void *i = ia; i != NULL; i = json_object_iter_next(a, i)) {
        const char *key = json_object_iter_key(i);

        if (is_index(key)
            && !same_json(json_object_iter_value(i), json_object_get(b, key),
                           depth))
        {
            return false;
        }
    }

    ia = skip_indices(a, ia);
    ib = skip_indices(b, ib);

    while (ia != NULL && ib != NULL) {
        if (json_object_iter_key_len(ia) != json_object_iter_key_len(ib)
            || memcmp(json_object_iter_key(ia), json_object_iter_key(ib),
                      json_object_iter_key_len(ia)) != 0
            || !same_json(json_object_iter_value(ia),
                           json_object_iter_value(ib), depth))
        {
            return false;
        }

        ia = skip_indices(a, json_object_iter_next(a, ia));
        ib = skip_indices(b, json_object_iter_next(b, ib));
    }

    return ia == NULL && ib == NULL;
}

static bool same_json(const json_t *a, const json_t *b, int depth)
{
    smartmsg_value_t va = smartmsg_value_from_json(a);
    smartmsg_value_t vb = smartmsg_value_from_json(b);

    if (b == NULL || depth == NEST_MAX) {
        return false;
    }

    if (va.type != SMARTMSG_JSON || vb.type != SMARTMSG_JSON) {
        return smartmsg_strict_equal(&va, &vb);
    }

    if (json_typeof(a) != json_typeof(b)) {
        return false;
    }

    if (json_is_object(a)) {
        /* iterating does not change an object, its functions only say so */
        return objects_equal((json_t *) a, (json_t *) b, depth + 1);
    }

    if (json_array_size(a) != json_array_size(b)) {
        return false;
    }

    for (size_t i = 0; i < json_array_size(a); i++) {
        if (!same_json(json_array_get(a, i), json_array_get(b, i), depth + 1))
        {
            return false;
        }
    }

    return true;
}

bool smartmsg_json_equal(const json_t *a, const json_t *b)
{
    return same_json(a, b, 0);
}
