#ifndef SMARTMSG_CORE_DATE_H
#define SMARTMSG_CORE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/*
 * Reads a date of the forms YYYY-MM-DD (midnight) or YYYY-MM-DDTHH:MM[:SS]Z,
 * UTC, of the Gregorian calendar, years 1970 to 9999 (RFC 3339), and stores
 * unix seconds. Returns false if it is anything else or no real day.
 */
bool smartmsg_date_parse(smartmsg_str_t text, int64_t *unix_time);

#endif
