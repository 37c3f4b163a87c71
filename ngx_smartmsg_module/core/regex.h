/*
 * Regular expressions with bounded cost.
 */

#ifndef SMARTMSG_CORE_REGEX_H
#define SMARTMSG_CORE_REGEX_H

#include "core/str.h"

typedef struct smartmsg_regex_s smartmsg_regex_t;

/* Longer patterns are refused. */
#define SMARTMSG_PATTERN_MAX 4096

/*
 * PCRE2 syntax, read as JavaScript would where both have a word for it.
 * lenient: an escaped letter without a meaning stands for itself.  NULL on
 * error, then why (of size bytes, NUL terminated) tells the reason; it is empty
 * when there is no memory.
 */
smartmsg_regex_t *smartmsg_regex_compile(smartmsg_str_t pattern,
    bool caseless, bool lenient, char *why, size_t size);

/* NULL is allowed. */
void smartmsg_regex_free(smartmsg_regex_t *regex);

/*
 * Whether it matches anywhere in text.  A match that would take too many
 * steps or too much memory is none.  One at a time per regex.
 */
bool smartmsg_regex_match(smartmsg_regex_t *regex, smartmsg_str_t text);

#endif
