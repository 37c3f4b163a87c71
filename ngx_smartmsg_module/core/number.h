/*
 * Numbers in foreign text.
 */

#ifndef SMARTMSG_CORE_NUMBER_H
#define SMARTMSG_CORE_NUMBER_H

#include <stdbool.h>

#include "core/value.h"


/*
 * Reads a decimal number as JSON spells it (RFC 8259, section 6), but without
 * an exponent and with at most 15 digits before and after the point, so that
 * long identifiers, "007" and "1e5" stay text.  False, with *number untouched,
 * for anything else.
 */
bool smartmsg_number_parse(smartmsg_str_t text, double *number);

#endif
