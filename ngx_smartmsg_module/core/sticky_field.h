/*
 * How assignments to variations are kept among the fields of a visitor:
 * "sticky:EXPERIMENT:ATTRIBUTE" is "DIGEST:VARIATION".  The digest is that of
 * the attribute's value, so that another customer at the same browser does not
 * take over what the first one was given, and nobody's data is stored.
 */

#ifndef SMARTMSG_CORE_STICKY_FIELD_H
#define SMARTMSG_CORE_STICKY_FIELD_H

#include "core/experiment.h"

/* Longer names and values are not kept. */
#define SMARTMSG_STICKY_FIELD_MAX 256

/* Both write at most so many bytes, no NUL; 0: it would be too long. */
size_t smartmsg_sticky_field(const smartmsg_sticky_key_t *key,
    char out[SMARTMSG_STICKY_FIELD_MAX]);
size_t smartmsg_sticky_value(const smartmsg_sticky_key_t *key,
    smartmsg_str_t variation, char out[SMARTMSG_STICKY_FIELD_MAX]);

/*
 * The variation in the field's value, borrowed from it; false if the value is
 * empty or another attribute's.
 */
bool smartmsg_sticky_variation(const smartmsg_sticky_key_t *key,
    smartmsg_str_t value, smartmsg_str_t *variation);

#endif
