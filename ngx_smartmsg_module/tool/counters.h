/*
 * The counters of rules by day: PREFIXstats:RULE:YYYYMMDD.
 */

#ifndef SMARTMSG_TOOL_COUNTERS_H
#define SMARTMSG_TOOL_COUNTERS_H

#include "tool/redis.h"

typedef enum {
    CTL_IMPRESSION,
    CTL_CLICK,
    CTL_DISMISS,
    CTL_ANSWER,
    CTL_COUNTERS
} ctl_counter_e;

typedef struct {
    long long n[CTL_COUNTERS];
} ctl_counts_t;

/* The day that lies `ago` days before now, UTC: "20301224". */
#define CTL_DAY_SIZE 16
void ctl_day(long long now, long ago, char out[CTL_DAY_SIZE]);

/*
 * Takes one field of a day apart, such as "click:b"; false if it is no
 * counter.  variation is what follows the colon.
 */
bool ctl_counter_parse(smartmsg_str_t field, smartmsg_str_t value,
    ctl_counter_e *counter, smartmsg_str_t *variation, long long *n);

/* Adds all fields of a day. */
void ctl_counts_add(ctl_counts_t *counts, const redisReply *day);

/* Clicks in percent of impressions, "-" if there are none. */
#define CTL_RATE_SIZE 32
void ctl_rate(const ctl_counts_t *counts, char out[CTL_RATE_SIZE]);

#endif
