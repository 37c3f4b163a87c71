/*
 * The facts that conditions may ask about, by name: for tools that check
 * rules.  The server itself takes any name, as a site can define its own.
 */

#ifndef SMARTMSG_CORE_SCHEMA_H
#define SMARTMSG_CORE_SCHEMA_H

#include <stdbool.h>

#include "core/str.h"

/*
 * A name that ends with a dot stands for a family: whatever follows the dot is
 * a fact, too.  type is "text", "number", "boolean", "list" or "any".
 */
typedef struct {
    const char *name;
    const char *type;
    const char *description;
} smartmsg_schema_fact_t;

/* All facts, sorted by name; *count is set. */
const smartmsg_schema_fact_t *smartmsg_schema_facts(size_t *count);

/* The entry that covers a name, a fact's own before its family's, or NULL. */
const smartmsg_schema_fact_t *smartmsg_schema_find(smartmsg_str_t name);

/* Enough for every suggestion, with its NUL. */
#define SMARTMSG_SCHEMA_NAME_SIZE 96

/*
 * Writes the name that was probably meant by one that does not exist: after
 * typing errors ("cart.vlaue"), in the name of a family ("profil.vip"), or
 * without what stands before the dot ("value", if only one fact ends so).
 * False if nothing is like it.
 */
bool smartmsg_schema_suggest(smartmsg_str_t name,
    char out[SMARTMSG_SCHEMA_NAME_SIZE]);

#endif
