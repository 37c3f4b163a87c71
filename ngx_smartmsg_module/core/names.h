/*
 * An append-only table that gives every fact name a small number, its slot.
 */

#ifndef SMARTMSG_CORE_NAMES_H
#define SMARTMSG_CORE_NAMES_H

#include <stdint.h>

#include "core/value.h"

typedef struct smartmsg_names_s smartmsg_names_t;

/* No slot: not in the table, or no memory. */
#define SMARTMSG_NO_SLOT UINT32_MAX

/* NULL without memory. */
smartmsg_names_t *smartmsg_names_create(void);

/* NULL is allowed. */
void smartmsg_names_destroy(smartmsg_names_t *names);

/*
 * The slot of a name, a new one if it has none yet.  Slots count from 0 and
 * never change.  SMARTMSG_NO_SLOT without memory.  The name is copied.
 */
uint32_t smartmsg_names_intern(smartmsg_names_t *names, const char *name,
    size_t len);

/* The slot of a name, SMARTMSG_NO_SLOT if it has none. */
uint32_t smartmsg_names_lookup(const smartmsg_names_t *names,
    const char *name, size_t len);

/* How many slots there are. */
uint32_t smartmsg_names_count(const smartmsg_names_t *names);

/*
 * The name of a slot (also NUL terminated), an empty one for a slot that does
 * not exist.  Valid as long as the table.
 */
smartmsg_str_t smartmsg_names_name(const smartmsg_names_t *names,
    uint32_t slot);

#endif
