#include "tool/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void ctl_day(long long now, long ago, char out[CTL_DAY_SIZE])
{
    time_t t = (time_t) (now - (long long) ago * 86400);
    struct tm tm;

    if (gmtime_r(&t, &tm) == NULL
        || strftime(out, CTL_DAY_SIZE, "%Y%m%d", &tm) == 0)
    {
        ctl_fail(CTL_LOCAL, "the clock cannot be read");
    }
}

bool ctl_counter_parse(smartmsg_str_t field, smartmsg_str_t value,
    ctl_counter_e *counter, smartmsg_str_t *variation, long long *n)
{
    static const char *const names[CTL_COUNTERS] = {
        "impression:", "click:", "dismiss:", "answer:"
    };
    char number[32];
    char *end;

    if (value.len == 0 || value.len >= sizeof(number)) {
        return false;
    }

    memcpy(number, value.data, value.len);
    number[value.len] = '\0';
    *n = strtoll(number, &end, 10);

    for (int i = 0; i < CTL_COUNTERS && *end == '\0'; i++) {
        size_t len = strlen(names[i]);

        if (field.len >= len && memcmp(field.data, names[i], len) == 0) {
            *counter = (ctl_counter_e) i;
            *variation = smartmsg_str(field.data + len, field.len - len);
            return true;
        }
    }

    return false;
}

void ctl_counts_add(ctl_counts_t *counts, const redisReply *day)
{
    ctl_counter_e counter;
    smartmsg_str_t variation;
    long long n;

    for (size_t i = 0; i + 1 < day->elements; i += 2) {
        if (ctl_counter_parse(ctl_reply_at(day, i), ctl_reply_at(day, i + 1),
                              &counter, &variation, &n))
        {
            counts->n[counter] += n;
        }
    }
}

void ctl_rate(const ctl_counts_t *counts, char out[CTL_RATE_SIZE])
{
    long long shown = counts->n[CTL_IMPRESSION];

    if (shown <= 0) {
        (void) snprintf(out, CTL_RATE_SIZE, "-");
        return;
    }

    (void) snprintf(out, CTL_RATE_SIZE, "%.1f %%",
                    100.0 * (double) counts->n[CTL_CLICK] / (double) shown);
}
