/*
 * A flat object, {"name": value ...}, as the shop's pages hand it over: what
 * happened, who the visitor is, what was answered in a form.
 */

#ifndef SMARTMSG_CORE_FLAT_H
#define SMARTMSG_CORE_FLAT_H

#include <jansson.h>
#include <stdbool.h>

#include "core/error.h"
#include "core/str.h"

#define SMARTMSG_FLAT_MEMBERS_MAX 16
#define SMARTMSG_FLAT_TEXT_MAX    256   /* characters of one text */
#define SMARTMSG_FLAT_SIZE_MAX    2048  /* bytes of all names and values */

/* Enough for every number and boolean. */
#define SMARTMSG_FLAT_VALUE_SIZE  32

/* Whether name is a word: a letter, then letters, digits, '_', '.', '-'; at
 * most 64 bytes. */
bool smartmsg_flat_name_valid(smartmsg_str_t name);

/* Whether text has at most max characters, none of them a control one. */
bool smartmsg_flat_text_valid(smartmsg_str_t text, size_t max);

/*
 * Whether value is an object within the limits above: each name a word, each
 * value a text, a boolean, or a number of a magnitude of at most 1e15. If not,
 * *reason says why, and path has grown to the member that is wrong.
 */
bool smartmsg_flat_check(const json_t *value, smartmsg_path_t *path,
                         const char **reason);

/*
 * The value of a member as Redis keeps it: a text as it is, "true", "false",
 * or a decimal number with at most six digits after the point. Borrows from
 * value or is written to buf.
 */
smartmsg_str_t smartmsg_flat_text(const json_t *value,
                                  char buf[SMARTMSG_FLAT_VALUE_SIZE]);

#endif
