/*
 * UTF-8 text the way JavaScript sees it: as UTF-16 code units.  A byte that
 * belongs to no character counts as U+FFFD.
 */

#ifndef SMARTMSG_CORE_UNICODE_H
#define SMARTMSG_CORE_UNICODE_H

#include "core/text.h"

/*
 * Takes the first character off *rest, which must not be empty, and returns
 * its code point.
 */
uint32_t smartmsg_next_char(smartmsg_str_t *rest);

/* Below, equal or above 0: the order of the UTF-16 code units. */
int smartmsg_utf16_cmp(smartmsg_str_t a, smartmsg_str_t b);

/*
 * The lower or upper case form of a character that has a single one, after
 * Unicode's simple mappings; any other character as it is.
 */
uint32_t smartmsg_lower(uint32_t code);
uint32_t smartmsg_upper(uint32_t code);

/*
 * Appends the lower case form of source (Unicode's mapping, independent of
 * the locale; final sigma becomes an ordinary one, so that both are equal).
 */
void smartmsg_add_lower(smartmsg_text_t *text, smartmsg_str_t source);

/* Whether JavaScript's trim() would remove the character. */
bool smartmsg_is_space(uint32_t code);

#endif
