#ifndef SMARTMSG_CORE_VISITOR_ID_H
#define SMARTMSG_CORE_VISITOR_ID_H

#include <stdbool.h>

#include "core/str.h"

/* 128 bits in base64url without padding (RFC 4648, section 5). */
#define SMARTMSG_VISITOR_ID_LEN 22

/*
 * Writes a new id of 128 bits from the system's random source, getrandom(2),
 * to out, which has room for SMARTMSG_VISITOR_ID_LEN bytes; no NUL is added.
 * Returns false, with nothing of use in out, if the system gave no random
 * bytes; never falls back to a weaker source.
 */
bool smartmsg_visitor_id_new(char *out);

/*
 * Whether id is exactly what smartmsg_visitor_id_new() can have written. The
 * last character carries two bits only: other spellings of the same 128 bits
 * are refused, so that a visitor has one key.
 */
bool smartmsg_visitor_id_valid(smartmsg_str_t id);

#endif
