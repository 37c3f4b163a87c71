/*
 * The list of $in, $nin, $inGroup ...: looked up by bisection.
 */

#ifndef SMARTMSG_CORE_SET_H
#define SMARTMSG_CORE_SET_H

#include "core/value.h"

typedef struct smartmsg_set_s smartmsg_set_t;

/*
 * Of the scalars in a JSON array; arrays and objects in it equal nothing and
 * are left out.  Keeps a reference to a long list, nothing of a short one.
 * caseless makes strings equal that differ in case only.  NULL without memory.
 */
smartmsg_set_t *smartmsg_set_create(const json_t *list, bool caseless);

/* NULL is allowed. */
void smartmsg_set_free(smartmsg_set_t *set);

/* Whether the value, or one element of an array, is in the set. */
bool smartmsg_set_has(const smartmsg_set_t *set,
    const smartmsg_value_t *value);

#endif
