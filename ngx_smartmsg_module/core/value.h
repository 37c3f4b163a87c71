/*
 * A value of a fact: what a condition is tested against.
 */

#ifndef SMARTMSG_CORE_VALUE_H
#define SMARTMSG_CORE_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/str.h"

/*
 * missing and null are the same for every condition operator.  json is an
 * array or an object; scalars never come as json.
 */
typedef enum {
    SMARTMSG_MISSING = 0,
    SMARTMSG_NULL,
    SMARTMSG_BOOLEAN,
    SMARTMSG_NUMBER,
    SMARTMSG_STRING,
    SMARTMSG_JSON
} smartmsg_type_t;

/*
 * Owns nothing: string and json point to memory of whoever made the value.
 * A number is finite.  A string should be UTF-8; bytes that are not count
 * as U+FFFD.
 */
typedef struct {
    smartmsg_type_t type;
    union {
        bool boolean;
        double number;
        smartmsg_str_t string;
        const json_t *json;
    } u;
} smartmsg_value_t;

static inline smartmsg_value_t smartmsg_value_missing(void)
{
    smartmsg_value_t v = { SMARTMSG_MISSING, { false } };

    return v;
}

static inline smartmsg_value_t smartmsg_value_boolean(bool boolean)
{
    smartmsg_value_t v = { SMARTMSG_BOOLEAN, { false } };

    v.u.boolean = boolean;
    return v;
}

static inline smartmsg_value_t smartmsg_value_number(double number)
{
    smartmsg_value_t v = { SMARTMSG_NUMBER, { false } };

    v.u.number = number;
    return v;
}

static inline smartmsg_value_t smartmsg_value_string(const char *data,
    size_t len)
{
    smartmsg_value_t v = { SMARTMSG_STRING, { false } };

    v.u.string = smartmsg_str(data, len);
    return v;
}

/* NULL gives missing; the value borrows from json. */
smartmsg_value_t smartmsg_value_from_json(const json_t *json);

/*
 * What path ("address.city", "tags.0", "tags.length") names inside root;
 * missing when there is no such thing.
 */
smartmsg_value_t smartmsg_value_at(const json_t *root, smartmsg_str_t path);

#endif
