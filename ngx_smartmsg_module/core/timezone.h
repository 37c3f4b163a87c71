/*
 * Local time in a zone of the IANA database, without the C library's global
 * idea of a zone: TZif files, read once.
 *
 * Source: RFC 8536.  Files of version 1, which end in 2038, and those that
 * count leap seconds are refused.
 */

#ifndef SMARTMSG_CORE_TIMEZONE_H
#define SMARTMSG_CORE_TIMEZONE_H

#include <stdint.h>

#include "core/error.h"
#include "core/str.h"

/* Real files have at most 4 KB. */
#define SMARTMSG_TIMEZONE_SIZE_MAX  65536
#define SMARTMSG_TIMEZONE_NAME_MAX  255

typedef struct smartmsg_timezone_s smartmsg_timezone_t;

typedef struct {
    int year;            /* 1..9999 */
    int month;           /* 1..12 */
    int day;             /* 1..31 */
    int hour;            /* 0..23 */
    int minute;          /* 0..59 */
    int second;          /* 0..59 */
    int weekday;         /* 0 = Sunday ... 6 = Saturday */
    int32_t offset;      /* seconds east of UTC */
} smartmsg_localtime_t;

/*
 * Reads the file of a zone, such as "Europe/Berlin", out of the system's
 * database, or, if the name begins with a slash, the file of that name.
 * Blocks: not for a worker.  NULL on error, with the reason in err.
 */
smartmsg_timezone_t *smartmsg_timezone_load(smartmsg_str_t name,
    smartmsg_error_t *err);

/* The same out of the contents of a file, of which nothing is kept. */
smartmsg_timezone_t *smartmsg_timezone_parse(smartmsg_str_t data,
    smartmsg_error_t *err);

/* NULL is allowed. */
void smartmsg_timezone_free(smartmsg_timezone_t *zone);

/*
 * The local time at unix_time, seconds; what is not in the years 2 to 9998
 * gives the first or last second of these (UTC).  zone NULL is UTC.
 */
void smartmsg_timezone_local(const smartmsg_timezone_t *zone,
    int64_t unix_time, smartmsg_localtime_t *local);

#endif
