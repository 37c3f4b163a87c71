#ifndef SMARTMSG_CORE_UTF8_H
#define SMARTMSG_CORE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/*
 * Decodes the character at the start of text (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF). Returns its length in bytes, 1..4, and
 * stores the code point; returns 0 if text is empty or starts with no valid
 * character.
 */
size_t smartmsg_utf8_decode(smartmsg_str_t text, uint32_t *code);

/* Whether all of text is valid UTF-8. */
bool smartmsg_utf8_valid(smartmsg_str_t text);

#endif
