/*
 * The rule by which a zone's clocks are set for ever, as the footer of a TZif
 * file has it: "CET-1CEST,M3.5.0,M10.5.0/3".
 *
 * Source: POSIX.1-2017, 8.3 (TZ), with the extensions of RFC 8536, 3.3.1.
 */

#ifndef SMARTMSG_CORE_POSIX_TZ_H
#define SMARTMSG_CORE_POSIX_TZ_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

typedef enum {
    SMARTMSG_TZ_MONTH,   /* Mm.w.d: weekday d of week w (5: last) of month m */
    SMARTMSG_TZ_JULIAN,  /* Jn: day 1..365, February 29 is never counted */
    SMARTMSG_TZ_DAY      /* n: day 0..365 */
} smartmsg_tz_day_e;

typedef struct {
    smartmsg_tz_day_e kind;
    int month;
    int week;
    int day;
    int32_t time;        /* seconds after midnight, -167..167 hours */
} smartmsg_tz_change_t;

/* Offsets are seconds east of UTC. */
typedef struct {
    int32_t standard;
    bool has_summer;
    int32_t summer;
    smartmsg_tz_change_t begin;
    smartmsg_tz_change_t end;
} smartmsg_posix_tz_t;

/* false if text is no such rule, or has summer time but not from when on. */
bool smartmsg_posix_tz_parse(smartmsg_str_t text, smartmsg_posix_tz_t *tz);

/* The offset in force at a time, unix seconds of the years 1 to 9999. */
int32_t smartmsg_posix_tz_offset(const smartmsg_posix_tz_t *tz, int64_t time);

#endif
