/* What the unit tests of messages, rules and requests have in common. */

#ifndef T_UNIT_SUPPORT_H
#define T_UNIT_SUPPORT_H

/* for strdup(), mkdtemp() ...: this header comes first */
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/str.h"

static inline smartmsg_str_t S(const char *text)
{
    return smartmsg_str(text, strlen(text));
}

/* Shows both texts when they differ. */
#define assert_str(actual, expected)                                          \
    do {                                                                      \
        smartmsg_str_t actual_ = (actual);                                    \
        smartmsg_str_t expected_ = S(expected);                               \
                                                                              \
        if (!smartmsg_str_eq(actual_, expected_)) {                           \
            fail_msg("\"%.*s\" is not \"%s\"", (int)actual_.len,              \
                     actual_.data ? actual_.data : "", expected_.data);       \
        }                                                                     \
    } while (0)

/* A JSON value out of text with ' for ". */
static inline json_t *J(const char *text)
{
    char *copy = strdup(text);
    json_error_t error;

    assert_non_null(copy);

    for (char *p = copy; *p; p++) {
        if (*p == '\'') {
            *p = '"';
        }
    }

    json_t *value = json_loads(copy, JSON_DECODE_ANY, &error);

    if (value == NULL) {
        fail_msg("test is no JSON: %s: %s", copy, error.text);
    }

    free(copy);

    return value;
}

#endif
