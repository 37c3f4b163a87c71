#include "core/number.h"

#include <stdlib.h>
#include <string.h>


#define DIGITS_MAX  15


/* their value is exact: a double has more than DIGITS_MAX of them */
static double
whole(const char *text, size_t n)
{
    long long  value = 0;

    for (size_t i = 0; i < n; i++) {
        value = 10 * value + (text[i] - '0');
    }

    return (double)value;
}

static size_t
digits(smartmsg_str_t text, size_t from)
{
    size_t  i = from;

    while (i < text.len && text.data[i] >= '0' && text.data[i] <= '9') {
        i++;
    }

    return i - from;
}

/*
 * So few digits are exact in a double, and so is the power of ten: one
 * division rounds as it should.
 */
static double
few_digits(smartmsg_str_t text)
{
    double  number = 0, power = 1;
    bool    fraction = false;

    for (size_t i = text.data[0] == '-'; i < text.len; i++) {
        if (text.data[i] == '.') {
            fraction = true;
            continue;
        }

        number = number * 10 + (text.data[i] - '0');
        power = fraction ? power * 10 : power;
    }

    number /= power;

    return text.data[0] == '-' ? -number : number;
}

bool
smartmsg_number_parse(smartmsg_str_t text, double *number)
{
    char    buf[2 * DIGITS_MAX + 3];
    size_t  i = 0, n;

    if (i < text.len && text.data[i] == '-') {
        i++;
    }

    n = digits(text, i);

    if (n == 0 || n > DIGITS_MAX || (n > 1 && text.data[i] == '0')) {
        return false;
    }

    if (i + n == text.len) {
        *number = i ? -whole(text.data + i, n) : whole(text.data, n);
        return true;
    }

    i += n;

    if (text.data[i] == '.') {
        i++;
        n = digits(text, i);

        if (n == 0 || n > DIGITS_MAX) {
            return false;
        }

        i += n;
    }

    if (i != text.len) {
        return false;
    }

    if (i <= DIGITS_MAX) {
        *number = few_digits(text);
        return true;
    }

    memcpy(buf, text.data, i);
    buf[i] = '\0';

    *number = strtod(buf, NULL);

    return true;
}
